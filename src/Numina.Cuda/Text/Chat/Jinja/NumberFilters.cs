using System.Globalization;
using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Filters that give numbers, and default.</summary>
internal static class NumberFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        new("abs", "x", Absolute),
        new("int", "value default? base?", (_, a) => ToInteger(a[0], a[2] is Missing ? 10 : Arithmetic.ToInt32(a[2], "base")) ?? (a[1] is Missing ? BigInteger.Zero : a[1])),
        new("float", "value default?", (_, a) => ToFloat(a[0]) ?? (a[1] is Missing ? 0.0 : a[1])),
        new("round", "value precision? method?", Round),
        new("default", "value default_value? boolean?", Default),
        new("d", "value default_value? boolean?", Default),
        new("filesizeformat", "value binary?", FileSize),
    ];

    private static object? Default(Interpreter interpreter, object?[] a) =>
        a[0] is Undefined || (TextFilters.Flag(a[2]) && !Truth.Of(a[0])) ? (a[1] is Missing ? "" : a[1]) : a[0];

    private static object? Absolute(Interpreter interpreter, object?[] a) => a[0] switch
    {
        double number => Math.Abs(number),
        bool or BigInteger => BigInteger.Abs(Arithmetic.Integer(a[0]!)),
        _ => throw Fault.Type($"bad operand type for abs(): '{TypeNames.Of(a[0])}'"),
    };

    private static object? ToInteger(object? value, int radix)
    {
        if (Equality.TextOf(value) is { } text)
        {
            return IntegerText.Parse(text, radix) is { } parsed ? parsed : ParseFloat(text) is { } number && double.IsFinite(number) ? ContainerMethods.Truncate(number) : null;
        }

        return value switch
        {
            double number => double.IsFinite(number) ? ContainerMethods.Truncate(number) : double.IsNaN(number) ? null : throw Fault.Overflow("cannot convert float infinity to integer"),
            bool or BigInteger => Arithmetic.Integer(value),
            Undefined undefined => throw Fault.Undefined(undefined),
            _ => null,
        };
    }

    private static double? ToFloat(object? value) => value switch
    {
        string or Markup => ParseFloat(Equality.TextOf(value)!),
        bool or BigInteger or double => Arithmetic.Float(value),
        Undefined undefined => throw Fault.Undefined(undefined),
        _ => null,
    };

    /// <summary>Python's float(text); null when it is no number.</summary>
    private static double? ParseFloat(string text)
    {
        string trimmed = CodePoints.Strip(text, null, left: true, right: true);
        string magnitude = trimmed.TrimStart('+', '-').ToLowerInvariant();
        if (trimmed.Length - magnitude.Length > 1)
        {
            return null;
        }

        double sign = trimmed.StartsWith('-') ? -1 : 1;
        if (magnitude is "inf" or "infinity" or "nan")
        {
            return magnitude == "nan" ? double.NaN : sign * double.PositiveInfinity;
        }

        for (int at = 0; at < magnitude.Length; at++)
        {
            bool between = at > 0 && at + 1 < magnitude.Length && char.IsAsciiDigit(magnitude[at - 1]) && char.IsAsciiDigit(magnitude[at + 1]);
            if (magnitude[at] == '_' ? !between : !char.IsAsciiDigit(magnitude[at]) && magnitude[at] is not ('.' or 'e' or '+' or '-'))
            {
                return null;
            }
        }

        bool parsed = double.TryParse(magnitude.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number);
        return parsed ? sign * number : null;
    }

    private static object? Round(Interpreter interpreter, object?[] a)
    {
        int precision = a[1] is Missing ? 0 : Arithmetic.ToInt32(a[1], "precision");
        string method = a[2] is Missing ? "common" : TextMethods.Text(a[2]);
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw Fault.Runtime("method must be common, ceil or floor");
        }

        object value = Equality.IsNumber(a[0]) ? a[0]! : throw (a[0] is Undefined undefined ? Fault.Undefined(undefined) : Fault.Type($"type {TypeNames.Of(a[0])} doesn't define __round__ method"));
        if (method == "common")
        {
            return value is double number ? FloatText.Round(number, precision) : RoundInteger(Arithmetic.Integer(value), precision);
        }

        double scaled = Arithmetic.Float(value) * Math.Pow(10, precision);
        BigInteger whole = ContainerMethods.Truncate(method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled));
        return precision >= 0
            ? FloatText.Divide(whole, (BigInteger)Arithmetic.Apply("**", (BigInteger)10, (BigInteger)precision, interpreter)!)
            : Arithmetic.Float(whole) / Math.Pow(10, precision);
    }

    private static BigInteger RoundInteger(BigInteger value, int precision)
    {
        if (precision >= 0)
        {
            return value;
        }

        if (-precision > BigInteger.Abs(value).GetBitLength())
        {
            return 0;
        }

        BigInteger unit = BigInteger.Pow(10, -precision);
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out BigInteger remainder);
        int order = (remainder * 2).CompareTo(unit);
        quotient += order > 0 || (order == 0 && !quotient.IsEven) ? 1 : 0;
        return quotient * unit * value.Sign;
    }

    private static string FileSize(Interpreter interpreter, object?[] a)
    {
        double bytes = ToFloat(a[0]) is double number ? number : throw Fault.Value("filesizeformat needs a number");
        bool binary = TextFilters.Flag(a[1]);
        double unit = binary ? 1024 : 1000;
        if (bytes == 1)
        {
            return "1 Byte";
        }

        if (bytes < unit)
        {
            return $"{ContainerMethods.Truncate(bytes)} Bytes";
        }

        string[] prefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
        int prefix = 0;
        for (double next = unit * unit; bytes >= next && prefix < prefixes.Length - 1; next *= unit)
        {
            prefix++;
        }

        string name = binary ? prefixes[prefix].ToUpperInvariant() + "iB" : prefixes[prefix] + "B";
        return $"{FloatText.Fixed(unit * bytes / Math.Pow(unit, prefix + 2), 1)} {name}";
    }
}
