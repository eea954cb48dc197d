namespace Numina.Cuda.Text.Patterns;

/// <content>What stands in parentheses.</content>
internal sealed partial class PatternParser
{
    private PatternNode? ParseGroup()
    {
        int start = _cursor.At - 1;
        if (!_cursor.Take('?'))
        {
            return Close(ParseAlternation(), start);
        }

        if (_cursor.Take(':'))
        {
            return Close(ParseAlternation(), start);
        }

        if (_cursor.Take('='))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: false, Negative: false);
        }

        if (_cursor.Take('!'))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: false, Negative: true);
        }

        if (_cursor.Take('>'))
        {
            return new PatternNode.Atomic(Close(ParseAlternation(), start));
        }

        if (_cursor.Take('#'))
        {
            while (_cursor.Current is not (-1 or ')'))
            {
                _cursor.At += _cursor.Current == '\\' && _cursor.Ahead(1) >= 0 ? 2 : 1;
            }

            Close(new PatternNode.Empty(), start);
            return null;
        }

        return _cursor.Take('<') ? ParseAngle(start) : ParseFlags(start);
    }

    private PatternNode ParseAngle(int start)
    {
        if (_cursor.Take('='))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: true, Negative: false);
        }

        if (_cursor.Take('!'))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: true, Negative: true);
        }

        // A named group: nothing can refer to it here, so the name is passed over.
        int name = _cursor.At;
        while (_cursor.Current is '_' or (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'))
        {
            _cursor.At++;
        }

        return _cursor.At > name && _cursor.Take('>')
            ? Close(ParseAlternation(), start)
            : throw new PatternException($"an unknown group at position {start} of the pattern");
    }

    private PatternNode? ParseFlags(int start)
    {
        PatternFlags flags = _flags;
        bool on = true;
        while (_cursor.Current is not (-1 or ':' or ')'))
        {
            PatternFlags flag = _cursor.Next() switch
            {
                '-' => PatternFlags.None,
                'i' => PatternFlags.IgnoreCase,
                'm' => PatternFlags.DotAll,
                'x' => PatternFlags.Extended,
                _ => throw new PatternException($"an unknown group or option at position {start} of the pattern"),
            };
            on &= flag != PatternFlags.None;
            flags = on ? flags | flag : flags & ~flag;
        }

        if (_cursor.Take(':'))
        {
            PatternFlags outer = _flags;
            _flags = flags;
            PatternNode body = ParseAlternation();
            _flags = outer;
            return Close(body, start);
        }

        // Without a colon the options hold to the end of the enclosing group, alternatives included.
        Close(new PatternNode.Empty(), start);
        _flags = flags;
        PatternNode rest = ParseAlternation();
        return rest;
    }

    private PatternNode Close(PatternNode node, int start) =>
        _cursor.Take(')') ? node : throw new PatternException($"a group without ')' at position {start} of the pattern");
}
