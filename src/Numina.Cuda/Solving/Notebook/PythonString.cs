using System.Globalization;
using System.Text;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>The few methods of CPython 3.11's <c>str</c> that the notebook calls, where .NET's differ.</summary>
internal static class PythonString
{
    /// <summary><c>str.strip()</c>: .NET's Trim leaves U+001C to U+001F.</summary>
    public static string Strip(string text) => PythonText.Strip(text);

    /// <summary><c>str.isspace()</c> of one character: what <see cref="Strip"/> takes.</summary>
    public static bool IsSpace(Rune rune) => PythonText.Strip(rune.ToString()).Length == 0;

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
