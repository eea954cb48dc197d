using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Numina.Cuda.Solving.Answers;

/// <summary>
/// Reads an integer as models write it: in LaTeX or Markdown, with thousands separators, units, currency or words around it. There must be exactly one number, and
/// nothing beside it that could change its value: lists, arithmetic, equations and approximations are no integers.
/// </summary>
public static partial class AnswerNormalizer
{
    /// <summary>Longer numbers are refused, as CPython refuses them: a few characters such as 1e999999999 must not cost memory.</summary>
    private const int MaxDigits = 4300;

    /// <summary>The exact integer, or null.</summary>
    public static BigInteger? Integer(string answer)
    {
        string text = AnswerExtractor.LastBox(answer) ?? answer;
        text = Unwrap(LatexText.Plain(WithAsciiDigits(AnswerExtractor.BehindPhrase(text) ?? text)));
        MatchCollection numbers = Number().Matches(text);
        if (numbers.Count != 1)
        {
            return null;
        }

        Match number = numbers[0];
        bool alone = NumberContext.AllowsBefore(text[..number.Index]) && NumberContext.AllowsAfter(text[(number.Index + number.Length)..]);
        return alone ? Value(number) : null;
    }

    private static BigInteger? Value(Match number)
    {
        string whole = Separator().Replace(number.Groups["whole"].Value, "");
        string fraction = number.Groups["fraction"].Value.TrimEnd('0');
        string power = number.Groups["power"].Value;
        bool known = int.TryParse(power.Length == 0 ? "0" : power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent);
        string digits = whole.TrimStart('0') + fraction;
        if (digits.Trim('0').Length == 0)
        {
            return BigInteger.Zero;
        }

        int zeros = known ? Math.Clamp(exponent, -MaxDigits * 2, MaxDigits * 2) - fraction.Length : MaxDigits * 2;
        if (digits.Length + zeros > MaxDigits || digits.Length > MaxDigits)
        {
            return null;
        }

        BigInteger magnitude = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        BigInteger scale = BigInteger.Pow(10, Math.Min(Math.Abs(zeros), MaxDigits));
        if (zeros < 0 && !(magnitude % scale).IsZero)
        {
            return null;
        }

        magnitude = zeros < 0 ? magnitude / scale : magnitude * scale;
        return number.Groups["sign"].Value == "-" ? -magnitude : magnitude;
    }

    /// <summary>Takes away what wraps or ends the whole text: brackets, a leading equals sign, final punctuation.</summary>
    private static string Unwrap(string text)
    {
        while (true)
        {
            string inner = text.Trim().TrimEnd('.', ',', ';', ':', '\\').TrimStart('=', ':').Trim();
            inner = IsWrapped(inner, '(', ')') || IsWrapped(inner, '{', '}') ? inner[1..^1] : inner;
            if (inner == text)
            {
                return text;
            }

            text = inner;
        }
    }

    /// <summary>Whether the first character opens what the last one closes.</summary>
    private static bool IsWrapped(string text, char open, char close)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
            if (depth <= 0)
            {
                return i > 0 && i == text.Length - 1;
            }
        }

        return false;
    }

    /// <summary>Decimal digits of every script (category Nd) as ASCII; superscripts and circled digits stay what they are.</summary>
    private static string WithAsciiDigits(string text)
    {
        StringBuilder ascii = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            ascii.Append(Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber
                ? CharUnicodeInfo.GetDecimalDigitValue(rune.ToString(), 0).ToString(CultureInfo.InvariantCulture)
                : rune.ToString());
        }

        return ascii.ToString();
    }

    [GeneratedRegex(@"(?:(?<sign>[+-])[ \t]*)?(?<whole>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,3}(?:[ ][0-9]{3})+(?![0-9])|[0-9]+)(?:\.(?<fraction>[0-9]*))?"
        + @"(?:[eE](?<power>[+-]?[0-9]+))?")]
    private static partial Regex Number();

    [GeneratedRegex("[, ]")]
    private static partial Regex Separator();
}
