using System.Globalization;
using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Integers as text and back, as Python's int does.</summary>
internal static class IntegerText
{
    private const int DigitLimit = 4300;

    public static string Decimal(BigInteger value)
    {
        string text = value.ToString(CultureInfo.InvariantCulture);
        return text.Length - (value.Sign < 0 ? 1 : 0) <= DigitLimit ? text : throw Fault.Value($"Exceeds the limit ({DigitLimit} digits) for integer string conversion");
    }

    /// <summary>Digits of a number without its sign, in a base from 2 to 36.</summary>
    public static string Digits(BigInteger value, int radix)
    {
        if (radix == 10)
        {
            return Decimal(value);
        }

        Stack<char> digits = new();
        do
        {
            value = BigInteger.DivRem(value, radix, out BigInteger digit);
            digits.Push("0123456789abcdefghijklmnopqrstuvwxyz"[(int)digit]);
        }
        while (!value.IsZero);
        return string.Concat(digits);
    }

    /// <summary>Python's int(text, base): white space, a sign, a prefix and single underscores are allowed. Null when it is no such number.</summary>
    public static BigInteger? Parse(string text, int radix)
    {
        ReadOnlySpan<char> rest = CodePoints.Strip(text, null, left: true, right: true);
        bool negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        bool prefixed = false;
        if (rest.Length > 1 && rest[0] == '0' && char.ToLowerInvariant(rest[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => -1 } is int named and > 0 && (radix == named || radix == 0))
        {
            radix = named;
            rest = rest[2..];
            prefixed = true;
        }
        else if (radix == 0)
        {
            radix = rest.Length > 1 && rest[0] == '0' && rest.ContainsAnyExcept("0_") ? -1 : 10;
        }

        bool underscore = prefixed && rest.StartsWith("_");
        BigInteger? value = radix is < 2 or > 36 || rest.Length > DigitLimit ? null : ParseDigits(underscore ? rest[1..] : rest, radix);
        return negative ? -value : value;
    }

    /// <summary>Digits with single underscores between them; null when anything else is there.</summary>
    public static BigInteger? ParseDigits(ReadOnlySpan<char> digits, int radix)
    {
        BigInteger value = 0;
        bool afterDigit = false;
        foreach (char unit in digits)
        {
            if (unit == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }

            int digit = char.IsAsciiDigit(unit) ? unit - '0' : char.IsAsciiLetter(unit) ? char.ToLowerInvariant(unit) - 'a' + 10 : DecimalDigit(unit);
            if (digit < 0 || digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
            afterDigit = true;
        }

        return afterDigit ? value : null;
    }

    private static int DecimalDigit(char unit) => CharUnicodeInfo.GetDecimalDigitValue(unit);
}
