using System.Globalization;
using System.Text;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>The few methods of CPython 3.11's <c>str</c> that the notebook calls, where .NET's differ.</summary>
internal static class PythonString
{
    /// <summary>White space of <c>str.strip()</c>: .NET's Trim leaves U+001C to U+001F.</summary>
    private const string WhiteSpace =
        "\t\n\v\f\r\u001C\u001D\u001E\u001F \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000";

    private static readonly char[] WhiteSpaceCharacters = WhiteSpace.ToCharArray();

    public static string Strip(string text) => text.Trim(WhiteSpaceCharacters);

    public static bool IsSpace(Rune rune) => rune.IsBmp && WhiteSpace.Contains((char)rune.Value);

    /// <summary><c>str.isdigit()</c> of one character: decimal digits and also superscripts and circled digits.</summary>
    public static bool IsDigit(Rune rune) => CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0 && !Unicode14.Lacks(rune);

    /// <summary>The value of a decimal digit of any script (category Nd), or -1.</summary>
    public static int DecimalValue(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber && !Unicode14.Lacks(rune)
            ? CharUnicodeInfo.GetDecimalDigitValue(rune.ToString(), 0)
            : -1;

    /// <summary><c>str.isprintable()</c> of one character.</summary>
    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || (!Unicode14.Lacks(rune) && Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator));
}
