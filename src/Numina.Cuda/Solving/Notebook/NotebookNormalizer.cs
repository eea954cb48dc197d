using System.Text.RegularExpressions;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>
/// The notebook's <c>normalize_answer</c>: substitutions of texts without regard for what they are part of. Every step is kept as published; what it breaks is
/// listed in docs/sc-tir.md.
/// </summary>
public static partial class NotebookNormalizer
{
    private static readonly (string From, string To)[] Substitutions =
    [
        ("an ", ""), ("a ", ""), (".$", "$"), (@"\$", ""), (@"\ ", ""), (" ", ""), ("mbox", "text"), (@",\text{and}", ","), (@"\text{and}", ","),
        (@"\text{m}", @"\text{}"), (@"\le", "<"),
    ];

    private static readonly string[] Removed =
    [
        "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", @"\ldots", "sue", "points", "feet", "minutes", "digits", "cents",
        "degrees", "cm", "gm", "pounds", "meters", "meals", "edges", "students", "childrentickets", "multiples", @"\text{s}", @"\text{.}", "\\text{\ns}",
        @"\text{}^2", @"\text{}^3", "\\text{\n}", @"\text{}", @"\mathrm{th}", @"^\circ", @"^{\circ}", @"\;", @",\!", "{,}", "\"", @"\dots", "\n", "\r", "\f", @"\%",
    ];

    /// <summary>The answer as the notebook votes on it.</summary>
    /// <exception cref="PythonRaisedException">TypeError for null, as Python's.</exception>
    public static string Normalize(string? answer)
    {
        if (answer == null)
        {
            throw new PythonRaisedException("TypeError", "expected string or bytes-like object, got 'NoneType'");
        }

        int next = answer.IndexOf("Problem:", StringComparison.Ordinal);
        string text = next < 0 ? answer : answer[..next];
        text = Substitutions.Aggregate(text, (current, pair) => current.Replace(pair.From, pair.To, StringComparison.Ordinal));
        text = Removed.Aggregate(text, (current, piece) => current.Replace(piece, "", StringComparison.Ordinal));

        text = TextCommand().Replace(text, "$1");
        text = BoldCommand().Replace(text, "$1");
        text = OverlineCommand().Replace(text, "$1");
        text = BoxedCommand().Replace(text, "$1");

        text = LastGroup(FinalAnswer(), text);
        text = LastGroup(AnswerIs(), text);
        text = LastGroup(Box(), text);
        text = LastGroup(Dollars(), text);
        text = PythonString.Strip(text);

        if (text.Contains("rac", StringComparison.Ordinal) && !text.Contains(@"\frac", StringComparison.Ordinal))
        {
            text = text.Replace("rac", @"\frac", StringComparison.Ordinal);
        }

        text = BareFraction().Replace(text, "frac{$1}{$2}");
        text = BareRoot().Replace(text, "sqrt{$1}");
        text = text.Replace("$", "", StringComparison.Ordinal);
        string digits = text.Replace(",", "", StringComparison.Ordinal);
        return CodePoints.All(digits, PythonString.IsDigit) ? digits : text;
    }

    private static string LastGroup(Regex pattern, string text)
    {
        MatchCollection matches = pattern.Matches(text);
        return matches.Count == 0 ? text : matches[^1].Groups[1].Value;
    }

    [GeneratedRegex(@"\\text\{(.*?)\}")]
    private static partial Regex TextCommand();

    [GeneratedRegex(@"\\textbf\{(.*?)\}")]
    private static partial Regex BoldCommand();

    [GeneratedRegex(@"\\overline\{(.*?)\}")]
    private static partial Regex OverlineCommand();

    [GeneratedRegex(@"\\boxed\{(.*)\}")]
    private static partial Regex BoxedCommand();

    [GeneratedRegex("finalansweris(.*)")]
    private static partial Regex FinalAnswer();

    [GeneratedRegex("answer?is:?(.*)")]
    private static partial Regex AnswerIs();

    [GeneratedRegex(@"oxed\{(.*?)\}")]
    private static partial Regex Box();

    [GeneratedRegex(@"\$(.*?)\$")]
    private static partial Regex Dollars();

    // A character is a code point: two UTF-16 units beyond the basic plane, never to be split by backtracking.
    [GeneratedRegex(@"frac((?>[\uD800-\uDBFF][\uDC00-\uDFFF]|[^{]))((?>[\uD800-\uDBFF][\uDC00-\uDFFF]|.))")]
    private static partial Regex BareFraction();

    [GeneratedRegex(@"sqrt((?>[\uD800-\uDBFF][\uDC00-\uDFFF]|[^{]))")]
    private static partial Regex BareRoot();
}
