using System.Numerics;
using System.Text;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>The number presentations that % and format share: e, f, g, % and the integer bases.</summary>
internal static class NumberFormat
{
    /// <summary>A float without its sign.</summary>
    /// <param name="value">The number.</param>
    /// <param name="kind">One of eEfFgG.</param>
    /// <param name="precision">Digits after the point, or significant ones for g.</param>
    /// <param name="alternate">Keep the point and g's trailing zeros.</param>
    public static string Float(double value, char kind, int precision, bool alternate)
    {
        if (FloatText.NotFinite(value) is { } word)
        {
            return (char.IsAsciiLetterUpper(kind) ? word.ToUpperInvariant() : word).TrimStart('-');
        }

        switch (char.ToLowerInvariant(kind))
        {
            case 'f':
                return FloatText.Fixed(value, precision) + (alternate && precision == 0 ? "." : "");
            case 'e':
                (string digits, int exponent) = FloatText.Significant(value, precision + 1);
                string text = FloatText.Scientific(digits, exponent, kind);
                return alternate && precision == 0 ? text.Insert(1, ".") : text;
            default:
                return General(value, kind, Math.Max(precision, 1), alternate);
        }
    }

    public static string GroupThousands(string digits, char separator, int size)
    {
        int end = digits.TakeWhile(char.IsAsciiHexDigit).Count();
        StringBuilder text = new(digits);
        for (int at = end - size; at > 0; at -= size)
        {
            text.Insert(at, separator);
        }

        return text.ToString();
    }

    /// <summary>Digits and prefix of an integer presented by one of dboxX.</summary>
    public static (string Prefix, string Digits) Integer(BigInteger value, char kind)
    {
        BigInteger magnitude = BigInteger.Abs(value);
        return kind switch
        {
            'b' => ("0b", IntegerText.Digits(magnitude, 2)),
            'o' => ("0o", IntegerText.Digits(magnitude, 8)),
            'x' => ("0x", IntegerText.Digits(magnitude, 16)),
            'X' => ("0X", IntegerText.Digits(magnitude, 16).ToUpperInvariant()),
            _ => ("", IntegerText.Decimal(magnitude)),
        };
    }

    private static string General(double value, char kind, int precision, bool alternate)
    {
        (string digits, int exponent) = FloatText.Significant(value, precision);
        bool scientific = exponent < -4 || exponent >= precision;
        string kept = alternate ? digits : digits.TrimEnd('0') is { Length: > 0 } trimmed ? trimmed : "0";
        string text = scientific ? FloatText.Scientific(kept, exponent, kind == 'G' ? 'E' : 'e') : FloatText.Positional(kept, exponent, point: false);
        return alternate && !text.Contains('.', StringComparison.Ordinal) ? text.Insert(scientific ? 1 : text.Length, ".") : text;
    }
}
