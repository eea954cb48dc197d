using System.Text.RegularExpressions;

namespace Numina.Cuda.Solving.Answers;

/// <summary>Takes the typography off a text, token by token: what remains are the characters that carry meaning.</summary>
internal static partial class LatexText
{
    /// <summary>Plain text; commands that mean something (fractions, roots, relations) stay as they are.</summary>
    public static string Plain(string text)
    {
        text = Minus().Replace(text, "-");
        text = Markdown().Replace(text, "");
        text = LineBreak().Replace(text, " ");
        text = Decoration().Replace(text, "");
        text = Space().Replace(text, " ");
        text = text.Replace("{,}", ",", StringComparison.Ordinal);
        text = Degrees().Replace(text, "");
        text = Unwrap(text);
        text = UnitPower().Replace(text, "$1");
        text = Currency().Replace(text, "");
        return White().Replace(text, " ").Trim();
    }

    /// <summary>Text and font commands give way to their content: words stand apart (with a power of theirs gone), anything else stays in its place.</summary>
    private static string Unwrap(string text)
    {
        while (true)
        {
            string inner = TextCommand().Replace(text, match =>
                match.Groups["content"].Value.Any(char.IsAsciiLetter) ? $" {match.Groups["content"].Value} " : match.Groups["content"].Value + match.Groups["power"].Value);
            inner = Overlined().Replace(inner, "$1");
            if (inner == text)
            {
                return text;
            }

            text = inner;
        }
    }

    [GeneratedRegex("[\u2212\uFF0D\u2013]")]
    private static partial Regex Minus();

    /// <summary>Two stars between operands are Python's power.</summary>
    [GeneratedRegex("(?<![0-9A-Za-z)}])\\*\\*|\\*\\*(?![0-9A-Za-z({\\\\])|[`\"\u201C\u201D]")]
    private static partial Regex Markdown();

    [GeneratedRegex(@"\\\\(?:\[[^\]]*\])?|\\newline(?![A-Za-z])")]
    private static partial Regex LineBreak();

    [GeneratedRegex(@"\\(?:(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|mathstrut|strut)(?![A-Za-z])|!)")]
    private static partial Regex Decoration();

    [GeneratedRegex(@"\\(?:[,;:>( )\[\]]|q?quad(?![A-Za-z])|(?:thin|med|thick)?space(?![A-Za-z]))|(?<!\A\s*)~")]
    private static partial Regex Space();

    [GeneratedRegex(@"\^\s*(?:\{\s*(?:\\circ|\\degree)\s*\}|\\circ(?![A-Za-z])|\\degree(?![A-Za-z]))|\\degree(?![A-Za-z])|°")]
    private static partial Regex Degrees();

    [GeneratedRegex(@"\\(?:text(?:bf|it|rm|sf|tt|normal|up|sc)?|math(?:bf|it|rm|sf|tt|normal)|mbox|hbox|operatorname\*?|emph|boldsymbol|bm)\s*\{(?<content>[^{}]*)\}"
        + @"(?<power>\s*\^\s*(?:\{[^{}]*\}|[0-9])|[\u00B2\u00B3])?")]
    private static partial Regex TextCommand();

    /// <summary>A line over a whole number marks it as one; behind a decimal point it would be a period.</summary>
    [GeneratedRegex(@"\A\s*\$?\s*\\overline\s*\{\s*([0-9]+)\s*\}\s*\$?\s*\z")]
    private static partial Regex Overlined();

    [GeneratedRegex(@"(?<![A-Za-z\\])(" + NumberContext.Units + @")(?:\s*\^\s*(?:\{\s*-?[0-9]+\s*\}|-?[0-9])|[\u00B2\u00B3])")]
    private static partial Regex UnitPower();

    [GeneratedRegex(@"\\?[$%]|\\(?:pounds|euro)(?![A-Za-z])|[\u20AC\u00A3\u00A5]")]
    private static partial Regex Currency();

    [GeneratedRegex(@"[\s\x1c-\x1f]+")]
    private static partial Regex White();
}
