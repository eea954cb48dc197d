using System.Globalization;
using System.Text;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Character classes as Python's str methods see them, and positions in code points.</summary>
internal static class CodePoints
{
    public static bool IsSpace(char unit) => char.IsWhiteSpace(unit) || unit is >= '\x1c' and <= '\x1f';

    public static bool IsLineBreak(char unit) => unit is '\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029';

    public static int CodePointAt(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    /// <summary>A code point as text; a lone surrogate, which Python's strings may hold, stays one.</summary>
    public static string ToText(int point) => point is >= 0xD800 and <= 0xDFFF ? ((char)point).ToString() : char.ConvertFromUtf32(point);

    public static UnicodeCategory Category(int point) => CharUnicodeInfo.GetUnicodeCategory(point);

    /// <summary>Letters, marks, digits and connectors: what a name can be made of.</summary>
    public static bool IsNamePart(int point) => Category(point) is <= UnicodeCategory.OtherNumber and not UnicodeCategory.EnclosingMark or UnicodeCategory.ConnectorPunctuation;

    public static bool IsIdentifier(string name)
    {
        bool first = true;
        for (int at = 0; at < name.Length; at += CodePointAt(name, at) > 0xFFFF ? 2 : 1)
        {
            UnicodeCategory category = Category(CodePointAt(name, at));
            bool starts = category is <= UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber || name[at] == '_';
            bool continues = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
            if (!starts && (first || !continues))
            {
                return false;
            }

            first = false;
        }

        return name.Length > 0;
    }

    public static int Length(string text)
    {
        int length = text.Length;
        for (int at = 1; at < text.Length; at++)
        {
            if (char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]))
            {
                length--;
            }
        }

        return length;
    }

    /// <summary>One string a code point; a lone surrogate counts as one.</summary>
    public static List<string> Characters(string text)
    {
        List<string> characters = new(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int units = CodePointAt(text, at) > 0xFFFF ? 2 : 1;
            characters.Add(text.Substring(at, units));
            at += units;
        }

        return characters;
    }

    /// <summary>The offset in UTF-16 units of the code point with this index; the end when there are fewer.</summary>
    public static int Offset(string text, int index)
    {
        int at = 0;
        for (; index > 0 && at < text.Length; index--)
        {
            at += CodePointAt(text, at) > 0xFFFF ? 2 : 1;
        }

        return at;
    }

    /// <summary>The code points before an offset in UTF-16 units.</summary>
    public static int Index(string text, int offset) => Length(text[..offset]);

    public static string Reverse(string text)
    {
        List<string> characters = Characters(text);
        characters.Reverse();
        return string.Concat(characters);
    }

    public static bool IsPrintable(int point) => point == ' ' || (point <= 0x10FFFF && Category(point) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator));

    public static string Strip(string text, string? characters, bool left, bool right)
    {
        HashSet<int>? set = characters == null ? null : [.. Characters(characters).Select(character => CodePointAt(character, 0))];
        int start = 0;
        int end = text.Length;
        while (left && start < end && Matches(text, start, set))
        {
            start += CodePointAt(text, start) > 0xFFFF ? 2 : 1;
        }

        while (right && end > start)
        {
            int last = end >= 2 && char.IsLowSurrogate(text[end - 1]) && char.IsHighSurrogate(text[end - 2]) ? end - 2 : end - 1;
            if (last < start || !Matches(text, last, set))
            {
                break;
            }

            end = last;
        }

        return text[start..end];
    }

    private static bool Matches(string text, int at, HashSet<int>? set) => set?.Contains(CodePointAt(text, at)) ?? IsSpace(text[at]);
}
