using System.Globalization;
using System.Text;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>CPython's <c>repr()</c> of what the notebook prints.</summary>
internal static class PythonRepr
{
    public static string Of(bool value) => value ? "True" : "False";

    public static string Of(IEnumerable<string> list) => $"[{string.Join(", ", list.Select(Of))}]";

    public static string Of(IEnumerable<int> list) => $"[{string.Join(", ", list)}]";

    /// <summary>Single quotes, unless the text holds one and no double quote; what is not printable is escaped.</summary>
    public static string Of(string text)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        StringBuilder repr = new(text.Length + 2);
        repr.Append(quote);
        for (int i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out Rune rune))
            {
                repr.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i++]:x4}");
                continue;
            }

            i += rune.Utf16SequenceLength;
            AppendEscaped(repr, rune, quote);
        }

        return repr.Append(quote).ToString();
    }

    /// <summary>Shortest digits that read back; an exponent below 1e-4 and from 1e16 on.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        (string digits, int point) = Digits(shortest.TrimStart('-'));
        string sign = double.IsNegative(value) ? "-" : "";
        if (point is <= -4 or > 16)
        {
            int exponent = point - 1;
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return sign + (point <= 0 ? "0." + new string('0', -point) + digits
            : point >= digits.Length ? digits + new string('0', point - digits.Length) + ".0"
            : digits[..point] + "." + digits[point..]);
    }

    /// <summary>Significant digits without zeros around them, and how many of them stand before the decimal point.</summary>
    private static (string Digits, int Point) Digits(string shortest)
    {
        int mark = shortest.IndexOf('E');
        int exponent = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? shortest : shortest[..mark];
        int dot = mantissa.IndexOf('.');
        int point = (dot < 0 ? mantissa.Length : dot) + exponent;
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        point -= all.Length - digits.Length;
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? ("0", 1) : (digits, point);
    }

    private static void AppendEscaped(StringBuilder repr, Rune rune, char quote)
    {
        _ = rune.Value switch
        {
            '\\' => repr.Append("\\\\"),
            '\n' => repr.Append("\\n"),
            '\r' => repr.Append("\\r"),
            '\t' => repr.Append("\\t"),
            int value when value == quote => repr.Append('\\').Append(quote),
            int when PythonString.IsPrintable(rune) => repr.Append(rune.ToString()),
            int value and <= 0xFF => repr.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            int value and <= 0xFFFF => repr.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
            int value => repr.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
        };
    }
}
