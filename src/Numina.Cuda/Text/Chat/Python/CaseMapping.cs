using System.Globalization;
using System.Text;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's full case mappings.</summary>
internal static class CaseMapping
{
    public static string Upper(string text) => Map(text, (character, _) => UpperOf(character));

    public static string Lower(string text) => Map(text, (_, at) => LowerAt(text, at));

    /// <summary>First character in title case, the rest in lower case.</summary>
    public static string Capitalize(string text) => Map(text, (character, at) => at == 0 ? TitleOf(character) : LowerAt(text, at));

    /// <summary>Each run of cased characters begins in title case.</summary>
    public static string Title(string text)
    {
        bool inWord = false;
        return Map(text, (character, at) =>
        {
            string mapped = inWord ? LowerAt(text, at) : TitleOf(character);
            inWord = IsCased(character);
            return mapped;
        });
    }

    public static string SwapCase(string text) => Map(text, (character, at) => IsUpper(character) ? LowerAt(text, at) : IsLower(character) ? UpperOf(character) : character);

    /// <summary>str.islower and str.isupper: at least one cased character, all of them of one case.</summary>
    public static bool IsAll(string text, bool upper)
    {
        bool any = false;
        foreach (string character in CodePoints.Characters(text))
        {
            if (upper ? IsLower(character) || IsTitle(character) : IsUpper(character) || IsTitle(character))
            {
                return false;
            }

            any |= upper ? IsUpper(character) : IsLower(character);
        }

        return any;
    }

    public static bool IsTitleCased(string text)
    {
        bool inWord = false;
        bool any = false;
        foreach (string character in CodePoints.Characters(text))
        {
            bool begins = IsUpper(character) || IsTitle(character);
            if (begins ? inWord : IsLower(character) && !inWord)
            {
                return false;
            }

            inWord = begins || IsLower(character);
            any |= inWord;
        }

        return any;
    }

    private static string Map(string text, Func<string, int, string> map)
    {
        StringBuilder mapped = new(text.Length);
        int at = 0;
        foreach (string character in CodePoints.Characters(text))
        {
            mapped.Append(map(character, at));
            at += character.Length;
        }

        return mapped.ToString();
    }

    private static string UpperOf(string character) => SpecialCasing.Upper.TryGetValue(character[0], out string? special) ? special : character.ToUpperInvariant();

    private static string TitleOf(string character)
    {
        bool georgian = character[0] is >= '\u10d0' and <= '\u10ff';
        return SpecialCasing.Title.TryGetValue(character[0], out string? special) ? special : georgian ? character : UpperOf(character);
    }

    private static string LowerAt(string text, int at)
    {
        int point = CodePoints.CodePointAt(text, at);
        return point switch
        {
            '\u0130' => "i\u0307",
            '\u03a3' when EndsWord(text, at) => "\u03c2",
            _ => (point > 0xFFFF ? text.Substring(at, 2) : text.Substring(at, 1)).ToLowerInvariant(),
        };
    }

    /// <summary>A capital sigma after a letter and before none is written as the final one.</summary>
    private static bool EndsWord(string text, int at)
    {
        int before = at - 1;
        while (before >= 0 && IsIgnorable(text[before]))
        {
            before--;
        }

        int after = at + 1;
        while (after < text.Length && IsIgnorable(text[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(text[before].ToString()) && (after == text.Length || !IsCased(text[after].ToString()));
    }

    private static bool IsIgnorable(char unit) => unit is '\'' or '.' or ':' or '\u00b7' or '\u2019' || char.GetUnicodeCategory(unit) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static bool IsCased(string character) => IsUpper(character) || IsLower(character) || IsTitle(character);

    private static bool IsUpper(string character) => CodePoints.Category(CodePoints.CodePointAt(character, 0)) == UnicodeCategory.UppercaseLetter
        || character[0] is (>= '\u2160' and <= '\u216f') or (>= '\u24b6' and <= '\u24cf');

    private static bool IsLower(string character) => CodePoints.Category(CodePoints.CodePointAt(character, 0)) == UnicodeCategory.LowercaseLetter
        || character[0] is '\u00aa' or '\u00ba' or (>= '\u02b0' and <= '\u02b8') or (>= '\u2170' and <= '\u217f') or (>= '\u24d0' and <= '\u24e9');

    private static bool IsTitle(string character) => CodePoints.Category(CodePoints.CodePointAt(character, 0)) == UnicodeCategory.TitlecaseLetter;
}
