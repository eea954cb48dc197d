using System.Numerics;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Answers;
using static Numina.Cuda.Tests.Solving.Conversation;

namespace Numina.Cuda.Tests.Solving;

/// <summary>Where the default profile finds an answer, by the rows of docs/sc-tir.md.</summary>
internal sealed class DefaultAnswerTests
{
    [Test]
    public async Task Rows_20_and_21_the_answer_may_stand_anywhere_in_the_turn_and_be_long()
    {
        string ones = new('1', 120);
        TraceRecord far = await TraceAsync(Code("print(42)"), "\n\\boxed{42}" + new string(' ', 500) + "Let me explain.");
        TraceRecord longer = await TraceAsync(Code("print(42)"), $"\n\\boxed{{{ones}}}");
        Assert.That((far.Value, longer.Value), Is.EqualTo(("42", ones)));
    }

    [TestCase("### Problem: Find x; the answer is 7.\n### Solution: ")]
    [TestCase("### Problem: Show \\boxed{7}.\n### Solution: ")]
    public async Task Row_22_the_prompt_is_never_looked_at(string prompt)
    {
        SolveResult result = await SolveAsync(new SolverOptions { RestartOnFail = false }, new StubPython(), prompt, [Code("print(1)"), ""]);
        Assert.That(result.Traces[0].Answer, Is.Null);
    }

    [TestCase("Therefore the answer is 42.", "42")]
    [TestCase("The answer is 5. So the answer is 42.", "42", Description = "row 38: the last")]
    [TestCase("So the Answer is 42.", "42", Description = "row 24")]
    [TestCase("Answer: 42", "42", Description = "row 24")]
    [TestCase("**Answer:** 42", "42")]
    [TestCase("final answer is: 17", "17", Description = "row 37")]
    [TestCase("The final answer is $17$.", "17")]
    [TestCase("the answer is **42**", "42", Description = "row 42")]
    [TestCase("The answer is 42\n```", "42", Description = "row 42")]
    [TestCase("The answer is 42, since $6\\cdot 7=42$.", "42")]
    [TestCase("The answer is $42$, because $6 \\cdot 7 = 42$.", "42")]
    [TestCase("The answer is:\n\n$$42$$", "42")]
    [TestCase("The answer is \\[42\\]", "42")]
    [TestCase("x$ so the answer is $5$", "5", Description = "row 40: pairs inside one turn")]
    [TestCase("The answer is $5$ or $6$.", null)]
    [TestCase("Let us check that the answer is plausible", null)]
    [TestCase("The answer is 10!", null)]
    [TestCase("It is 42.", null)]
    [TestCase("", null)]
    public void Rows_23_and_24_what_stands_behind_answer_is(string prose, string? value)
    {
        string? found = AnswerExtractor.Find(prose);
        Assert.That(found == null ? null : AnswerNormalizer.Integer(found)?.ToString(), Is.EqualTo(value));
    }

    [TestCase("the answer is boxed here", null, Description = "row 26")]
    [TestCase("boxed{9}", null, Description = "row 26")]
    [TestCase("$\\boxed{2}$ and $\\boxed{3", "2", Description = "row 27: the last closed one")]
    [TestCase("\\boxed{3}, hence \\boxed{", "3", Description = "row 27")]
    [TestCase("so \\fbox{12} done", "12", Description = "row 28")]
    [TestCase("\\framebox{204}", "204", Description = "row 28")]
    [TestCase("\\framebox[2cm][c]{204}", "204", Description = "row 28")]
    [TestCase("\\boxed{8} and \\fbox{9}", "9", Description = "row 28: the last")]
    [TestCase("\\boxed{\\boxed{3}}", "3", Description = "row 29: the inner one")]
    [TestCase("\\boxed{\\{1,2\\}}", "\\{1,2\\}", Description = "row 29")]
    [TestCase("\\boxed{\\{7}", "\\{7", Description = "row 29: an escaped brace does not count")]
    [TestCase("\\boxed {5}", "5", Description = "row 30")]
    [TestCase("\\boxed 5", "5", Description = "row 30")]
    [TestCase("\\boxed 5 and {x}", "5", Description = "row 30")]
    [TestCase("$\\boxed 42$.", "42", Description = "row 30")]
    [TestCase("\\boxed}{5}", "5", Description = "row 31")]
    [TestCase("\\boxedtext{5}", null)]
    [TestCase("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}")]
    [TestCase("\\boxed{}", "")]
    [TestCase("\\boxed{\n10\n}", "\n10\n")]
    [TestCase("\\boxed", null)]
    public void Rows_26_to_31_boxes(string prose, string? inside) => Assert.That(AnswerExtractor.LastBox(prose), Is.EqualTo(inside));

    [TestCase("```python\nx = 42 # the answer is 42\n```\nhm")]
    [TestCase("```python\n# \\boxed{41}\n```\nhm")]
    public async Task Row_25_code_is_not_read_for_answers(string turn) =>
        Assert.That((await TraceOnceAsync(turn)).End, Is.EqualTo(TraceEnd.NoAnswer));

    [TestCase(false, TraceEnd.NoAnswer, null)]
    [TestCase(true, TraceEnd.Answered, "42")]
    public async Task Row_25_a_printed_box_counts_when_asked_for(bool accept, TraceEnd end, string? value)
    {
        SolveResult result = await SolveAsync(new SolverOptions { AcceptPrintedBox = accept, RestartOnFail = false }, [Code("print(\\boxed{42})"), ""]);
        Assert.That((result.Traces[0].End, result.Traces[0].Value), Is.EqualTo((end, value)));
    }

    [Test]
    public async Task Row_32_a_new_problem_ends_the_text()
    {
        TraceRecord trace = await TraceAsync(Code("print(2)"), "\nThe answer is 2.\n### Problem: What is 5+5?\n### Solution: \\boxed{10}");
        Assert.That((trace.Value, trace.Turns[^1].Text), Is.EqualTo(("2", "\nThe answer is 2.\n")));
    }

    [Test]
    public async Task Rows_33_and_50_minus_one_is_an_answer_and_none_is_none()
    {
        string[] minus = [Code("print(-1)"), "\n\\boxed{-1}"];
        SolveResult result = await SolveAsync(new SolverOptions { RestartOnFail = false }, minus, [Code("print(1)"), "\nboxed"], minus);
        Assert.That(result.Vote.Tallies, Is.EqualTo(new[] { new Tally(999, 2, 0) }));
        Assert.That(result.Traces.Select(trace => trace.Value), Is.EqualTo(new[] { "-1", null, "-1" }));
    }

    [TestCase(1000, new[] { 42, 42, 7 }, 42)]
    [TestCase(null, new[] { 1042, 42, 7 }, 1042)]
    public async Task Row_53_the_modulus_may_go(int? modulus, int[] values, int winner)
    {
        string[][] scripts = [.. new[] { 1042, 42, 7 }.Select(value => new[] { Code("print(1)"), $"\n\\boxed{{{value}}}" })];
        SolveResult result = await SolveAsync(new SolverOptions { Modulus = modulus }, scripts);
        Assert.That(result.Vote.Winner, Is.EqualTo((BigInteger)winner));
        Assert.That(result.Vote.Tallies.SelectMany(tally => Enumerable.Repeat((int)tally.Value, tally.Count)), Is.EquivalentTo(values));
    }
}
