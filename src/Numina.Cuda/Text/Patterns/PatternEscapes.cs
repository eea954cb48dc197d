using System.Text;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>Reads what may follow a backslash both inside and outside a character class, as a set of code points.</summary>
internal sealed class PatternEscapes(int[] pattern)
{
    private static readonly CodePointRanges HexDigit = CodePointRanges.OfPairs(('0', '9'), ('A', 'F'), ('a', 'f'));

    /// <summary>Reads from the code point after the backslash.</summary>
    public CodePointRanges Parse(ref int at)
    {
        int point = pattern[at++];
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
            'p' or 'P' => Property(negated: point == 'P', ref at),
            't' => CodePointRanges.Of('\t'),
            'n' => CodePointRanges.Of('\n'),
            'r' => CodePointRanges.Of('\r'),
            'f' => CodePointRanges.Of('\f'),
            'v' => CodePointRanges.Of('\v'),
            'a' => CodePointRanges.Of('\a'),
            'e' => CodePointRanges.Of(0x1B),
            'x' => CodePointRanges.Of(Hexadecimal(ref at)),
            'u' => CodePointRanges.Of(Digits(ref at, 16, least: 4, most: 4)),
            'o' when at < pattern.Length && pattern[at] == '{' => CodePointRanges.Of(Braced(ref at, 8)),
            '0' => CodePointRanges.Of(Digits(ref at, 8, least: 0, most: 2)),
            < 128 when char.IsAsciiLetterOrDigit((char)point) => throw new PatternException($"the unknown escape '\\{(char)point}' at position {at - 2} of the pattern"),
            _ => CodePointRanges.Of(point),
        };
    }

    private CodePointRanges Property(bool negated, ref int at)
    {
        int start = at;
        int end = Array.IndexOf(pattern, '}', at);
        if (at >= pattern.Length || pattern[at] != '{' || end < 0)
        {
            throw new PatternException($"a \\p without {{name}} at position {start - 2} of the pattern");
        }

        StringBuilder name = new();
        foreach (int point in pattern.AsSpan((at + 1)..end))
        {
            name.Append(new Rune(point));
        }

        at = end + 1;
        bool caret = name.Length > 0 && name[0] == '^';
        CodePointRanges ranges = PatternProperties.Find(name.ToString(caret ? 1 : 0, name.Length - (caret ? 1 : 0)))
            ?? throw new PatternException($"the unknown property \\p{{{name}}} at position {start - 2} of the pattern");
        return negated != caret ? ranges.Complement() : ranges;
    }

    private int Hexadecimal(ref int at) => at < pattern.Length && pattern[at] == '{' ? Braced(ref at, 16) : Digits(ref at, 16, least: 0, most: 2);

    private int Braced(ref int at, int radix)
    {
        at++;
        int value = Digits(ref at, radix, least: 1, most: 11);
        return at < pattern.Length && pattern[at++] == '}' ? value : throw new PatternException($"a brace that is not closed at position {at} of the pattern");
    }

    private int Digits(ref int at, int radix, int least, int most)
    {
        int start = at;
        long value = 0;
        while (at < pattern.Length && at - start < most && Digit(pattern[at]) is var digit && digit < radix)
        {
            value = Math.Min((value * radix) + digit, int.MaxValue);
            at++;
        }

        return at - start < least || value >= CodePointRanges.Limit
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
