using System.Globalization;
using System.Numerics;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Floats as text, correctly rounded from their exact binary value with ties to even, as CPython does.</summary>
internal static class FloatText
{
    /// <summary>Python's repr: the shortest digits that give the number back, an exponent from 1e16 up and below 1e-4.</summary>
    public static string Shortest(double value)
    {
        if (NotFinite(value) is { } word)
        {
            return word;
        }

        (string digits, int exponent) = ShortestDigits(value);
        string text = exponent is >= -4 and < 16 ? Positional(digits, exponent, point: true) : Scientific(digits, exponent, 'e');
        return (double.IsNegative(value) ? "-" : "") + text;
    }

    /// <summary>nan, inf or -inf; null for a finite number.</summary>
    public static string? NotFinite(double value) => double.IsNaN(value) ? "nan" : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf") : null;

    /// <summary>The number without its sign, with exactly <paramref name="decimals"/> digits after the point.</summary>
    public static string Fixed(double value, int decimals)
    {
        string digits = Scaled(value, decimals).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? digits : digits[..^decimals] + "." + digits[^decimals..];
    }

    /// <summary>The first digits of a number without its sign, and the exponent of the first one.</summary>
    public static (string Digits, int Exponent) Significant(double value, int count)
    {
        if (value == 0)
        {
            return (new string('0', count), 0);
        }

        int exponent = ShortestDigits(value).Exponent;
        while (true)
        {
            string digits = Scaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count)
            {
                return (digits, exponent);
            }

            exponent += digits.Length - count;
        }
    }

    public static string Scientific(string digits, int exponent, char letter)
    {
        string mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}{letter}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    /// <summary>Digits whose first one has the place <paramref name="exponent"/>, written out.</summary>
    public static string Positional(string digits, int exponent, bool point)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        if (exponent + 1 >= digits.Length)
        {
            return digits + new string('0', exponent + 1 - digits.Length) + (point ? ".0" : "");
        }

        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>Python's round(value, decimals).</summary>
    public static double Round(double value, int decimals)
    {
        const int exactFrom = 330;
        if (!double.IsFinite(value) || decimals > exactFrom)
        {
            return value;
        }

        BigInteger scaled = decimals < -exactFrom ? BigInteger.Zero : Scaled(value, decimals);
        double rounded = double.Parse($"{scaled.ToString(CultureInfo.InvariantCulture)}E{(-decimals).ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture);
        return Math.CopySign(rounded, value);
    }

    /// <summary>Python's true division of integers: the exact quotient, rounded once.</summary>
    public static double Divide(BigInteger left, BigInteger right)
    {
        if (left.IsZero)
        {
            return 0;
        }

        // 66 bits of quotient and a sticky bit round like the exact quotient.
        int shift = (int)Math.Max(0, 66 - (left.GetBitLength() - right.GetBitLength()));
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(left) << shift, BigInteger.Abs(right), out BigInteger remainder);
        quotient = (quotient << 1) + (remainder.IsZero ? 0 : 1);
        double result = RoundToDouble(quotient, -shift - 1);
        if (double.IsInfinity(result))
        {
            throw Jinja.Fault.Overflow("integer division result too large for a float");
        }

        return left.Sign == right.Sign ? result : -result;
    }

    private static double RoundToDouble(BigInteger value, int exponent)
    {
        int excess = (int)Math.Max(value.GetBitLength() - 53, Math.Min(-1074 - exponent, int.MaxValue));
        if (excess > 0)
        {
            BigInteger half = BigInteger.One << (excess - 1);
            BigInteger remainder = value & ((BigInteger.One << excess) - 1);
            value >>= excess;
            value += remainder > half || (remainder == half && !value.IsEven) ? 1 : 0;
            exponent += excess;
        }

        return Math.ScaleB((double)value, exponent);
    }

    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        if (value == 0)
        {
            return ("0", 0);
        }

        string[] parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal) is var at and >= 0 ? at : parts[0].Length;
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        int leading = digits.Length - digits.TrimStart('0').Length;
        int exponent = point - 1 - leading + (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0);
        return (digits.Trim('0'), exponent);
    }

    /// <summary>The absolute value times a power of ten, to the nearest integer, ties to even.</summary>
    private static BigInteger Scaled(double value, int decimals)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int field = (int)((bits >> 52) & 0x7FF);
        BigInteger mantissa = (bits & 0xFFFFFFFFFFFFFL) | (field == 0 ? 0 : 1L << 52);
        int exponent = Math.Max(field, 1) - 1075;
        BigInteger numerator = mantissa * (decimals > 0 ? BigInteger.Pow(10, decimals) : 1) << Math.Max(0, exponent);
        BigInteger denominator = (decimals < 0 ? BigInteger.Pow(10, -decimals) : 1) << Math.Max(0, -exponent);
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int order = (remainder * 2).CompareTo(denominator);
        return order > 0 || (order == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
