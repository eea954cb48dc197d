namespace Numina.Cuda.Text.Patterns;

/// <content>Quantifiers.</content>
internal sealed partial class PatternParser
{
    private PatternNode ParseRepeats(PatternNode atom)
    {
        while (!_cursor.AtEnd)
        {
            int point = _cursor.Current;
            (int Min, int? Max)? interval = point switch
            {
                '*' => (0, null),
                '+' => (1, null),
                '?' => (0, 1),
                '{' => ReadInterval(),
                _ => null,
            };
            if (interval is not { } times)
            {
                return atom;
            }

            if (point != '{')
            {
                _cursor.At++;
                RepeatKind kind = _cursor.Take('?') ? RepeatKind.Lazy : _cursor.Take('+') ? RepeatKind.Possessive : RepeatKind.Greedy;
                atom = new PatternNode.Repeat(atom, times.Min, times.Max, kind);
                continue;
            }

            // After an interval '?' makes it lazy, but for {n} it means "or nothing", and '+' repeats the whole.
            bool lazy = times.Min != times.Max && _cursor.Take('?');
            atom = new PatternNode.Repeat(atom, times.Min, times.Max, lazy ? RepeatKind.Lazy : RepeatKind.Greedy);
        }

        return atom;
    }

    /// <summary>{n}, {n,}, {,m} or {n,m}; null, taking nothing, when the brace is only a brace.</summary>
    private (int Min, int? Max)? ReadInterval()
    {
        int start = _cursor.At++;
        int? min = ReadNumber();
        bool comma = _cursor.Take(',');
        int? max = comma ? ReadNumber() : min;
        if (!_cursor.Take('}') || (min == null && max == null))
        {
            _cursor.At = start;
            return null;
        }

        return max < min ? throw new PatternException($"a repetition of {min} to {max} at position {start} of the pattern") : (min ?? 0, max);
    }

    private int? ReadNumber()
    {
        int? value = null;
        while (_cursor.Current is >= '0' and <= '9')
        {
            value = ((value ?? 0) * 10) + (_cursor.Next() - '0');
            if (value > RepeatLimit)
            {
                throw new PatternException($"a repetition of more than {RepeatLimit} in a pattern");
            }
        }

        return value;
    }
}
