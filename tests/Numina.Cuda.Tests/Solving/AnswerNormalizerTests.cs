using System.Numerics;
using System.Text.Json;
using CsCheck;
using Numina.Cuda.Solving.Answers;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Solving;

/// <summary>Integers as models write them.</summary>
internal sealed class AnswerNormalizerTests
{
    [TestCase("can be 5", "5", Description = "row 34: whole words at the ends only")]
    [TestCase("issue 5", "5", Description = "row 34")]
    [TestCase("always 5", "5", Description = "row 34")]
    [TestCase("after 5", "5", Description = "row 34")]
    [TestCase("25 square units", "25", Description = "row 34")]
    [TestCase("12 apples", "12", Description = "row 34")]
    [TestCase("Banana is", null, Description = "row 34")]
    [TestCase("\\left(3\\right)", "3", Description = "row 35")]
    [TestCase("x\\leq5", null, Description = "row 35")]
    [TestCase("1,2", null, Description = "row 36")]
    [TestCase("1,2,\\ldots,10", null, Description = "row 36")]
    [TestCase("12,34,56", null, Description = "row 36")]
    [TestCase("3\\text{and}4,\\text{and}5", null, Description = "row 36")]
    [TestCase("1,234", "1234", Description = "row 36")]
    [TestCase("final answer is: 17", "17", Description = "row 37")]
    [TestCase("The answer is 5. So the answer is 6.", "6", Description = "row 38")]
    [TestCase("answer? is 5", null, Description = "row 39")]
    [TestCase("2$ and $3$", null, Description = "row 40")]
    [TestCase("\\boxed{\\text{A}}, \\boxed{7}", "7", Description = "row 41")]
    [TestCase("12\\,345", "12345", Description = "row 42")]
    [TestCase("12\\mathrm{ cm}", "12", Description = "row 42")]
    [TestCase("12 inch", "12", Description = "row 42")]
    [TestCase("50%", "50", Description = "row 42")]
    [TestCase("42\n```", "42", Description = "row 42")]
    [TestCase("**42**", "42", Description = "row 42")]
    [TestCase("42\\\\", "42", Description = "row 42")]
    [TestCase("\\dfrac{1}{2}", null, Description = "row 43")]
    [TestCase("fraction 5", "5", Description = "row 43")]
    [TestCase("character", null, Description = "row 43")]
    [TestCase("84/2", null, Description = "row 44: arithmetic has a switch of its own")]
    [TestCase("\\frac{84}{2}", null, Description = "row 44")]
    [TestCase("2^{10}", null, Description = "row 44")]
    [TestCase("10!", null, Description = "row 44")]
    [TestCase("x=5", null, Description = "row 44")]
    [TestCase("\u22125", "-5", Description = "row 45")]
    [TestCase("1,234.5", null, Description = "row 45")]
    [TestCase("1,234.0", "1234", Description = "row 45")]
    [TestCase("\u00B2\u00B3", null, Description = "row 46")]
    [TestCase("\u2460", null, Description = "row 46")]
    [TestCase("\U0001D7D2\U0001D7D0", "42", Description = "row 47")]
    [TestCase("\u001F42\u001C", "42", Description = "row 47")]
    [TestCase("\u200B42", null, Description = "row 47: not white space")]
    [TestCase("3.7", null, Description = "row 48")]
    [TestCase("42.49", null, Description = "row 48")]
    [TestCase("0.5", null, Description = "row 49")]
    [TestCase("-0.5", null, Description = "row 49")]
    [TestCase("-7", "-7", Description = "row 50")]
    [TestCase("12345678901234567890", "12345678901234567890", Description = "row 51")]
    [TestCase("1e23", "100000000000000000000000", Description = "row 51")]
    [TestCase("1_000", null, Description = "row 52")]
    [TestCase("1e3", "1000", Description = "row 52")]
    [TestCase("2.5E1", "25", Description = "row 52")]
    [TestCase("1e-3", null, Description = "row 52")]
    [TestCase("1000e-3", "1", Description = "row 52")]
    [TestCase("inf", null, Description = "row 52")]
    [TestCase("nan", null, Description = "row 52")]
    [TestCase("1e999999999", null, Description = "refused without cost")]
    [TestCase("0e999999999", "0")]
    [TestCase("1e99999999999999999999", null)]
    [TestCase("3 million", null)]
    [TestCase("12th", "12")]
    [TestCase("5 cm^2", "5")]
    [TestCase("2 x", null)]
    [TestCase("3i", null)]
    [TestCase("-0", "0")]
    [TestCase("1 000", "1000")]
    [TestCase("1 0000", null)]
    [TestCase("n 5", null)]
    public void Rows_34_to_52(string text, string? value) => Assert.That(AnswerNormalizer.Integer(text)?.ToString(), Is.EqualTo(value));

    [TestCaseSource(nameof(Evaluated))]
    public void It_never_contradicts_exact_evaluation(string text, string? value, bool percent)
    {
        Reference.Path("sctir/evaluate.jsonl");
        BigInteger? read = AnswerNormalizer.Integer(text);
        if (read != null && !percent)
        {
            Assert.That(read.ToString(), Is.EqualTo(value));
        }
    }

    [TestCaseSource(nameof(Plain))]
    public void It_reads_integers_that_need_no_arithmetic(string text, string? value, bool percent)
    {
        Reference.Path("sctir/evaluate.jsonl");
        Assert.That(AnswerNormalizer.Integer(text)?.ToString(), Is.EqualTo(value), percent ? "of a percentage" : "");
    }

    [Test]
    public void Nothing_makes_the_readers_throw()
    {
        string[] pieces =
        [
            "\\boxed", "\\fbox", "\\framebox", "{", "}", "[", "]", "(", ")", "$", "$$", "\\[", "\\]", "\\", "```", "python", "output", "\n", "\r\n", " ", "answer is", "Answer:",
            "12", "3.4", ",", ".", "-", "\u2212", "e9", "\\text{", "\\frac", "sqrt", "\\,", "~", "%", "cm", "^2", "and", "\U0001D7D2", "\u00B2", "\uD800", "\u001F", "Problem:", "\0",
        ];
        Gen.Int[0, pieces.Length - 1].Array[0, 30].Select(indices => string.Concat(indices.Select(i => pieces[i]))).Sample(
            text =>
            {
                string? found = AnswerExtractor.Find(text);
                _ = AnswerNormalizer.Integer(found ?? text);
                _ = Numina.Cuda.Solving.TurnText.Parse(text, startsLine: true);
                _ = NotebookAnswer.Filter([NotebookNormalizer.Normalize(text), NotebookAnswer.ExtractBoxed(text)]);
            },
            iter: 20_000,
            time: 5,
            seed: "0000KAoN0c02");
    }

    private static readonly string[] NeedsArithmetic = ["frac", "cdot", "times", "div", "sqrt", "binom", "choose", "sum", "prod", "lfloor", "- ", "\u2212 ", "0)(", ")(", "5-8", "10-2-3", "\u00D7", "\u00F7"];

    private static IEnumerable<TestCaseData> Plain() =>
        Evaluated().Where(answer => Reference.Find("sctir/evaluate.jsonl") is null || NeedsNoArithmetic((string)answer.Arguments[0]!, (string?)answer.Arguments[1], (bool)answer.Arguments[2]!));

    private static bool NeedsNoArithmetic(string text, string? value, bool percent) =>
        value != null && BigInteger.TryParse(value, out _) && !percent && text.IndexOfAny(['=', '^', '!', '*', '/', '+', '|', '\u221A', '\u00B3', '\u00B7']) < 0
        && !NeedsArithmetic.Any(command => text.Contains(command, StringComparison.Ordinal)) && text.Count(c => c is '-' or '\u2212') < 2
        && !(text.Contains('(') && char.IsAsciiDigit(text[0]) && !text.Contains("forty", StringComparison.Ordinal)) && !text.StartsWith("[2", StringComparison.Ordinal);

    private static IEnumerable<TestCaseData> Evaluated()
    {
        if (Reference.Find("sctir/evaluate.jsonl") is not { } path)
        {
            return [new TestCaseData("absent", null, false)];
        }

        return File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement).Select(line => new TestCaseData(
            line.GetProperty("text").GetString(),
            line.GetProperty("value").GetString(),
            line.GetProperty("text").GetString()!.Contains('%') || line.GetProperty("text").GetString()!.Contains("percent", StringComparison.Ordinal)));
    }
}
