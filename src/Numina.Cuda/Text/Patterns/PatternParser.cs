using System.Text;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>
/// Reads a regular expression in Oniguruma's default syntax, as tokenizer.json holds them: Unicode classes and properties, (?i:...), look-around, atomic groups,
/// possessive and lazy repetition, ^ and $ per line. What it does not know (back references, conditionals, named calls) is an error, never read differently.
/// </summary>
internal sealed class PatternParser
{
    private const int DepthLimit = 100;
    private const int RepeatLimit = 100_000;
    private static readonly CodePointRanges NotNewline = CodePointRanges.Of('\n').Complement();
    private readonly int[] _pattern;
    private readonly PatternEscapes _escapes;
    private int _at;
    private int _depth;
    private PatternFlags _flags;

    private PatternParser(string pattern)
    {
        _pattern = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];
        _escapes = new PatternEscapes(_pattern);
    }

    private bool AtEnd => _at == _pattern.Length;

    /// <exception cref="PatternException">The pattern is malformed or has a construct that is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        PatternParser parser = new(pattern);
        PatternNode node = parser.ParseAlternation();
        return parser.AtEnd ? node : throw new PatternException($"an unmatched ')' at position {parser._at} of the pattern");
    }

    private PatternNode ParseAlternation()
    {
        if (++_depth > DepthLimit)
        {
            throw new PatternException($"a pattern nested more than {DepthLimit} deep");
        }

        PatternFlags outer = _flags;
        List<PatternNode> branches = [ParseSequence()];
        while (Take('|'))
        {
            branches.Add(ParseSequence());
        }

        _flags = outer;
        _depth--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Alternation(branches);
    }

    private PatternNode ParseSequence()
    {
        List<PatternNode> items = [];
        while (!AtEnd && _pattern[_at] is not ('|' or ')'))
        {
            if (ParseAtom() is { } atom)
            {
                items.Add(ParseRepeats(atom));
            }
        }

        return items.Count == 1 ? items[0] : items.Count == 0 ? new PatternNode.Empty() : new PatternNode.Sequence(items);
    }

    /// <summary>Null for what stands for nothing: a comment, or white space under (?x).</summary>
    private PatternNode? ParseAtom()
    {
        int point = _pattern[_at++];
        switch (point)
        {
            case '(':
                return ParseGroup();
            case '[':
                return Class(new PatternClassParser(_pattern, _escapes, ref _at).Parse());
            case '.':
                return new PatternNode.Class(_flags.HasFlag(PatternFlags.DotAll) ? CodePointRanges.All : NotNewline);
            case '^':
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw new PatternException($"a '{(char)point}' with nothing to repeat at position {_at - 1} of the pattern");
            case '#' when _flags.HasFlag(PatternFlags.Extended):
                while (!AtEnd && _pattern[_at++] != '\n')
                {
                }

                return null;
            case ' ' or '\t' or '\n' or '\r' or '\v' or '\f' when _flags.HasFlag(PatternFlags.Extended):
                return null;
            default:
                return Class(CodePointRanges.Of(point));
        }
    }

    private PatternNode ParseEscape()
    {
        if (AtEnd)
        {
            throw new PatternException("a pattern that ends in '\\'");
        }

        switch (_pattern[_at])
        {
            case 'A':
                return Anchor(AnchorKind.TextStart);
            case 'Z':
                return Anchor(AnchorKind.TextEndBeforeNewline);
            case 'z':
                return Anchor(AnchorKind.TextEnd);
            case 'G':
                return Anchor(AnchorKind.SearchStart);
            case 'b':
                return Anchor(AnchorKind.WordBoundary);
            case 'B':
                return Anchor(AnchorKind.NotWordBoundary);
            case 'R':
                _at++;
                return LineBreak();
            case 'O':
                _at++;
                return new PatternNode.Class(CodePointRanges.All);
            case 'N':
                _at++;
                return new PatternNode.Class(NotNewline);
            case >= '1' and <= '9' or 'k' or 'g' or 'K' or 'X' or 'y' or 'Y':
                throw new PatternException($"'\\{(char)_pattern[_at]}' in a pattern: back references, calls, \\K and text segments are not supported");
            default:
                return Class(_escapes.Parse(ref _at));
        }
    }

    private static PatternNode.Atomic LineBreak() => new(new PatternNode.Alternation(
    [
        new PatternNode.Sequence([new PatternNode.Class(CodePointRanges.Of('\r')), new PatternNode.Class(CodePointRanges.Of('\n'))]),
        new PatternNode.Class(CodePointRanges.OfPairs((0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029))),
    ]));

    private PatternNode.Anchor Anchor(AnchorKind kind)
    {
        _at++;
        return new PatternNode.Anchor(kind);
    }

    private PatternNode.Class Class(CodePointRanges ranges) => _flags.HasFlag(PatternFlags.IgnoreCase)
        ? new PatternNode.Class(CaseOrbits.Close(ranges))
        : new PatternNode.Class(ranges);

    private PatternNode? ParseGroup()
    {
        int start = _at - 1;
        if (!Take('?'))
        {
            return Close(ParseAlternation(), start);
        }

        if (Take(':'))
        {
            return Close(ParseAlternation(), start);
        }

        if (Take('='))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: false, Negative: false);
        }

        if (Take('!'))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: false, Negative: true);
        }

        if (Take('>'))
        {
            return new PatternNode.Atomic(Close(ParseAlternation(), start));
        }

        if (Take('#'))
        {
            while (!AtEnd && _pattern[_at] != ')')
            {
                _at += _pattern[_at] == '\\' && _at + 1 < _pattern.Length ? 2 : 1;
            }

            Close(new PatternNode.Empty(), start);
            return null;
        }

        return Take('<') ? ParseAngle(start) : ParseFlags(start);
    }

    private PatternNode ParseAngle(int start)
    {
        if (Take('='))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: true, Negative: false);
        }

        if (Take('!'))
        {
            return new PatternNode.Look(Close(ParseAlternation(), start), Behind: true, Negative: true);
        }

        // A named group: nothing can refer to it here, so the name is passed over.
        int name = _at;
        while (!AtEnd && (_pattern[_at] == '_' || (_pattern[_at] < 128 && char.IsAsciiLetterOrDigit((char)_pattern[_at]))))
        {
            _at++;
        }

        return _at > name && Take('>')
            ? Close(ParseAlternation(), start)
            : throw new PatternException($"an unknown group at position {start} of the pattern");
    }

    private PatternNode? ParseFlags(int start)
    {
        PatternFlags flags = _flags;
        bool on = true;
        while (!AtEnd && _pattern[_at] is not (':' or ')'))
        {
            PatternFlags flag = _pattern[_at++] switch
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

        if (Take(':'))
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
        Take(')') ? node : throw new PatternException($"a group without ')' at position {start} of the pattern");

    private PatternNode ParseRepeats(PatternNode atom)
    {
        while (!AtEnd)
        {
            int point = _pattern[_at];
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
                _at++;
                RepeatKind kind = Take('?') ? RepeatKind.Lazy : Take('+') ? RepeatKind.Possessive : RepeatKind.Greedy;
                atom = new PatternNode.Repeat(atom, times.Min, times.Max, kind);
                continue;
            }

            // After an interval '?' makes it lazy, but for {n} it means "or nothing", and '+' repeats the whole.
            bool lazy = times.Min != times.Max && Take('?');
            atom = new PatternNode.Repeat(atom, times.Min, times.Max, lazy ? RepeatKind.Lazy : RepeatKind.Greedy);
        }

        return atom;
    }

    /// <summary>{n}, {n,}, {,m} or {n,m}; null, taking nothing, when the brace is only a brace.</summary>
    private (int Min, int? Max)? ReadInterval()
    {
        int start = _at++;
        int? min = ReadNumber();
        bool comma = Take(',');
        int? max = comma ? ReadNumber() : min;
        if (!Take('}') || (min == null && max == null))
        {
            _at = start;
            return null;
        }

        return max < min ? throw new PatternException($"a repetition of {min} to {max} at position {start} of the pattern") : (min ?? 0, max);
    }

    private int? ReadNumber()
    {
        int? value = null;
        while (!AtEnd && _pattern[_at] is >= '0' and <= '9')
        {
            value = ((value ?? 0) * 10) + (_pattern[_at++] - '0');
            if (value > RepeatLimit)
            {
                throw new PatternException($"a repetition of more than {RepeatLimit} in a pattern");
            }
        }

        return value;
    }

    private bool Take(char expected)
    {
        if (AtEnd || _pattern[_at] != expected)
        {
            return false;
        }

        _at++;
        return true;
    }
}
