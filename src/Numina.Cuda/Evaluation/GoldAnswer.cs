using System.Globalization;
using System.Numerics;
using System.Text;

namespace Numina.Cuda.Evaluation;

/// <summary>Reads a gold answer: an integer however the file spells it (7, 7.0, "007", "1_000"), and nothing else.</summary>
internal static class GoldAnswer
{
    /// <summary>Beyond 2^53 a double no longer tells neighbouring integers apart.</summary>
    private const double LargestExact = 9007199254740992;

    /// <summary>The answer, or null with what was found instead in <paramref name="found"/>.</summary>
    public static BigInteger? Parse(object? value, out string found)
    {
        found = Describe(value);
        return value switch
        {
            NumberText number => FromText(number.Text, allowExponent: true),
            string text => FromText(text, allowExponent: false),
            _ => null,
        };
    }

    private static string Describe(object? value) => value switch
    {
        null => "nothing",
        NumberText number => number.Text,
        string text => $"\"{text}\"",
        OtherValue other => $"a {other.TypeName}",
        _ => value.ToString() ?? "",
    };

    private static BigInteger? FromText(string text, bool allowExponent)
    {
        string trimmed = text.Trim();
        string unsigned = trimmed.TrimStart('+', '-');
        if (trimmed.Length - unsigned.Length > 1)
        {
            return null;
        }

        string digits = unsigned.Split('.') is [var whole, var fraction] && fraction.Length > 0 && fraction.All(c => c == '0') ? whole : unsigned;
        if (IsInteger(digits))
        {
            BigInteger magnitude = BigInteger.Parse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture);
            return trimmed.StartsWith('-') ? -magnitude : magnitude;
        }

        return allowExponent && double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            && Math.Abs(real) <= LargestExact && Math.Floor(real) == real
            ? new BigInteger(real)
            : null;
    }

    /// <summary>Python's int(): ASCII digits with single underscores between them.</summary>
    private static bool IsInteger(string text) =>
        text.Length > 0 && text[0] != '_' && text[^1] != '_' && !text.Contains("__", StringComparison.Ordinal)
        && text.EnumerateRunes().All(rune => rune.Value == '_' || (rune.IsAscii && Rune.IsDigit(rune)));
}
