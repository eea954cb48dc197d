using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>CPython 3.11's <c>float(str)</c>, <c>int(str)</c> and <c>round(float)</c>.</summary>
internal static partial class PythonNumber
{
    /// <summary>CPython refuses to convert longer integers to and from decimal text.</summary>
    private const int DigitLimit = 4300;

    private static readonly char[] AsciiSpace = ['\t', '\n', '\v', '\f', '\r', ' '];

    /// <summary><c>float(text)</c>: null where it raises ValueError.</summary>
    public static double? Float(string text)
    {
        string? ascii = ToAscii(text);
        if (ascii == null)
        {
            return null;
        }

        if (FloatSyntax().IsMatch(ascii))
        {
            return double.Parse(ascii.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        string word = ascii.TrimStart('+', '-');
        bool signed = ascii.Length - word.Length <= 1;
        return (signed, word.ToUpperInvariant()) switch
        {
            (true, "INF" or "INFINITY") => ascii[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            (true, "NAN") => double.NaN,
            _ => null,
        };
    }

    /// <summary><c>round(value)</c>: ties to even, exact; null where it raises (infinities, nan).</summary>
    public static BigInteger? Round(double value) =>
        double.IsFinite(value) ? new BigInteger(Math.Round(value, MidpointRounding.ToEven)) : null;

    /// <summary><c>int(text)</c>.</summary>
    /// <exception cref="PythonRaisedException">ValueError, with CPython's words.</exception>
    public static BigInteger Int(string text)
    {
        string? ascii = ToAscii(text);
        if (ascii == null || !IntSyntax().IsMatch(ascii))
        {
            throw new PythonRaisedException("ValueError", $"invalid literal for int() with base 10: {PythonRepr.Of(text)}");
        }

        string plain = ascii.Replace("_", "", StringComparison.Ordinal);
        int digits = plain.TrimStart('+', '-').Length;
        if (digits > DigitLimit)
        {
            throw new PythonRaisedException("ValueError", $"Exceeds the limit ({DigitLimit} digits) for integer string conversion: value has {digits} digits; "
                + "use sys.set_int_max_str_digits() to increase the limit");
        }

        return BigInteger.Parse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    /// <summary><c>int(value)</c>: cut towards zero.</summary>
    /// <exception cref="PythonRaisedException">ValueError or OverflowError, with CPython's words.</exception>
    public static BigInteger Int(double value)
    {
        if (double.IsNaN(value))
        {
            throw new PythonRaisedException("ValueError", "cannot convert float NaN to integer");
        }

        return double.IsInfinity(value) ? throw new PythonRaisedException("OverflowError", "cannot convert float infinity to integer") : new BigInteger(value);
    }

    /// <summary>
    /// Decimal digits of every script as ASCII, surrounding white space removed. ASCII stays as it is, so U+001C to U+001F, which <c>str.strip()</c> takes, are
    /// refused here as CPython refuses them.
    /// </summary>
    private static string? ToAscii(string text)
    {
        StringBuilder ascii = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                ascii.Append((char)rune.Value);
            }
            else if (PythonString.IsSpace(rune))
            {
                ascii.Append(' ');
            }
            else if (PythonString.DecimalValue(rune) is >= 0 and int digit)
            {
                ascii.Append((char)('0' + digit));
            }
            else
            {
                return null;
            }
        }

        return ascii.ToString().Trim(AsciiSpace);
    }

    [GeneratedRegex(@"\A[+-]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+(?:_[0-9]+)*)?\z")]
    private static partial Regex FloatSyntax();

    [GeneratedRegex(@"\A[+-]?[0-9]+(?:_[0-9]+)*\z")]
    private static partial Regex IntSyntax();
}
