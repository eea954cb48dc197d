using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>
/// Reads a regular expression in Oniguruma's default syntax, as tokenizer.json holds them: Unicode classes and properties, (?i:...), look-around, atomic groups,
/// possessive and lazy repetition, ^ and $ per line. What it does not know (back references, conditionals, named calls) is an error, never read differently.
/// </summary>
internal sealed partial class PatternParser
{
    private const int DepthLimit = 100;
    private const int RepeatLimit = 100_000;
    private static readonly CodePointRanges NotNewline = CodePointRanges.Of('\n').Complement();
    private readonly PatternCursor _cursor;
    private readonly PatternEscapes _escapes;
    private readonly PatternClassParser _classes;
    private int _depth;
    private PatternFlags _flags;

    // Where the last plain character that matches in any case ended.
    private int _literalEnd = -1;
    private int _literal;

    private PatternParser(string pattern)
    {
        _cursor = new PatternCursor(pattern);
        _escapes = new PatternEscapes(_cursor);
        _classes = new PatternClassParser(_cursor, _escapes);
    }

    /// <exception cref="PatternException">The pattern is malformed or has a construct that is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        PatternParser parser = new(pattern);
        PatternNode node = parser.ParseAlternation();
        return parser._cursor.AtEnd ? node : throw new PatternException($"an unmatched ')' at position {parser._cursor.At} of the pattern");
    }

    private PatternNode ParseAlternation()
    {
        if (++_depth > DepthLimit)
        {
            throw new PatternException($"a pattern nested more than {DepthLimit} deep");
        }

        PatternFlags outer = _flags;
        List<PatternNode> branches = [ParseSequence()];
        while (_cursor.Take('|'))
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
        while (_cursor.Current is not (-1 or '|' or ')'))
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
        int point = _cursor.Next();
        switch (point)
        {
            case '(':
                return ParseGroup();
            case '[':
                return new PatternNode.Class(_classes.Parse(_flags.HasFlag(PatternFlags.IgnoreCase)));
            case '.':
                return new PatternNode.Class(_flags.HasFlag(PatternFlags.DotAll) ? CodePointRanges.All : NotNewline);
            case '^':
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw new PatternException($"a '{(char)point}' with nothing to repeat at position {_cursor.At - 1} of the pattern");
            case '#' when _flags.HasFlag(PatternFlags.Extended):
                while (!_cursor.AtEnd && _cursor.Next() != '\n')
                {
                }

                return null;
            case ' ' or '\t' or '\n' or '\r' or '\v' or '\f' when _flags.HasFlag(PatternFlags.Extended):
                return null;
            default:
                return Literal(point, _cursor.At - 1);
        }
    }

    private PatternNode.Class Literal(int point, int start)
    {
        CodePointRanges ranges = CodePointRanges.Of(point);
        if (!_flags.HasFlag(PatternFlags.IgnoreCase))
        {
            return new PatternNode.Class(ranges);
        }

        MultipleFolds.Check(_literalEnd == start ? _literal : -1, point);
        (_literalEnd, _literal) = (_cursor.At, point);
        return new PatternNode.Class(CaseOrbits.Close(ranges));
    }

    private PatternNode ParseEscape()
    {
        switch (_cursor.Current)
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
                _cursor.At++;
                return LineBreak();
            case 'O':
                _cursor.At++;
                return new PatternNode.Class(CodePointRanges.All);
            case 'N':
                _cursor.At++;
                return new PatternNode.Class(NotNewline);
            case >= '1' and <= '9' or 'k' or 'g' or 'K' or 'X' or 'y' or 'Y':
                throw new PatternException($"'\\{(char)_cursor.Current}' in a pattern: back references, calls, \\K and text segments are not supported");
            default:
                // Only characters and bracketed classes have other cases: (?i)\p{Lu} is upper case still.
                int start = _cursor.At - 1;
                CodePointRanges ranges = _escapes.Parse();
                return ranges.Single is { } point ? Literal(point, start) : new PatternNode.Class(ranges);
        }
    }

    private static PatternNode.Atomic LineBreak() => new(new PatternNode.Alternation(
    [
        new PatternNode.Sequence([new PatternNode.Class(CodePointRanges.Of('\r')), new PatternNode.Class(CodePointRanges.Of('\n'))]),
        new PatternNode.Class(CodePointRanges.OfPairs((0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029))),
    ]));

    private PatternNode.Anchor Anchor(AnchorKind kind)
    {
        _cursor.At++;
        return new PatternNode.Anchor(kind);
    }
}
