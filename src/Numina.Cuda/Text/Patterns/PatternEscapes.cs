using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>Reads what may follow a backslash both inside and outside a character class, as a set of code points.</summary>
internal sealed class PatternEscapes(PatternCursor cursor)
{
    private static readonly CodePointRanges HexDigit = CodePointRanges.OfPairs(('0', '9'), ('A', 'F'), ('a', 'f'));

    /// <summary>Reads from the code point after the backslash.</summary>
    public CodePointRanges Parse()
    {
        int point = cursor.Next();
        return point switch
        {
            'd' => UnicodeProperties.DecimalDigit,
            'D' => UnicodeProperties.DecimalDigit.Complement(),
            'w' => UnicodeProperties.Word,
            'W' => UnicodeProperties.Word.Complement(),
            's' => UnicodeProperties.WhiteSpace,
            'S' => UnicodeProperties.WhiteSpace.Complement(),
            'h' => HexDigit,
            'H' => HexDigit.Complement(),
            'p' or 'P' => Property(negated: point == 'P'),
            't' => CodePointRanges.Of('\t'),
            'n' => CodePointRanges.Of('\n'),
            'r' => CodePointRanges.Of('\r'),
            'f' => CodePointRanges.Of('\f'),
            'v' => CodePointRanges.Of('\v'),
            'a' => CodePointRanges.Of('\a'),
            'e' => CodePointRanges.Of(0x1B),
            'x' => CodePointRanges.Of(Hexadecimal()),
            'u' => CodePointRanges.Of(Digits(16, least: 4, most: 4)),
            'o' when cursor.Take('{') => CodePointRanges.Of(Braced(8)),
            '0' => CodePointRanges.Of(Digits(8, least: 0, most: 2)),
            < 128 when char.IsAsciiLetterOrDigit((char)point) => throw new PatternException($"the unknown escape '\\{(char)point}' at position {cursor.At - 2} of the pattern"),
            _ => CodePointRanges.Of(point),
        };
    }

    private CodePointRanges Property(bool negated)
    {
        int start = cursor.At - 2;
        if (!cursor.Take('{') || cursor.TakeUntil('}') is not { } name)
        {
            throw new PatternException($"a \\p without {{name}} at position {start} of the pattern");
        }

        bool caret = name.StartsWith('^');
        CodePointRanges ranges = PatternProperties.Find(caret ? name[1..] : name)
            ?? throw new PatternException($"the unknown property \\p{{{name}}} at position {start} of the pattern");
        return negated != caret ? ranges.Complement() : ranges;
    }

    private int Hexadecimal() => cursor.Take('{') ? Braced(16) : Digits(16, least: 0, most: 2);

    private int Braced(int radix)
    {
        int value = Digits(radix, least: 1, most: 11);
        return cursor.Take('}') ? value : throw new PatternException($"a brace that is not closed at position {cursor.At} of the pattern");
    }

    private int Digits(int radix, int least, int most)
    {
        int start = cursor.At;
        long value = 0;
        while (cursor.At - start < most && Digit(cursor.Current) is var digit && digit < radix)
        {
            value = Math.Min((value * radix) + digit, int.MaxValue);
            cursor.At++;
        }

        return cursor.At - start < least || value >= CodePointRanges.Limit
            ? throw new PatternException($"an invalid code point at position {start} of the pattern")
            : (int)value;
    }

    private static int Digit(int point) => point switch
    {
        >= '0' and <= '9' => point - '0',
        >= 'a' and <= 'f' => point - 'a' + 10,
        >= 'A' and <= 'F' => point - 'A' + 10,
        _ => int.MaxValue,
    };
}
