using Numina.Cuda.Solving;
using static Numina.Cuda.Tests.Solving.Conversation;

namespace Numina.Cuda.Tests.Solving;

/// <summary>The default loop's repairs of the notebook's, by the number of their row in docs/sc-tir.md.</summary>
internal sealed class DefaultLoopTests
{
    private const string Answer42 = "\nThe answer is $\\boxed{42}$.";

    [Test]
    public async Task Row_1_an_answered_trace_is_not_generated_again()
    {
        SolveResult result = await SolveAsync(new SolverOptions(), [Code("print(42)"), Answer42], [Code("print(42)"), Answer42]);
        Assert.That(result.Traces.Select(trace => trace.Turns.Count), Is.EqualTo(new[] { 2, 2 }));
        Assert.That(result.Submitted, Is.EqualTo((System.Numerics.BigInteger)42));
    }

    [TestCase("\nWait, $\\boxed{3}$")]
    [TestCase("\n\\boxed{")]
    [TestCase(" Let us check that the answer is plausible")]
    public async Task Rows_2_and_3_the_first_valid_vote_stands(string later)
    {
        TraceRecord trace = await TraceAsync(Code("print(42)"), Answer42, later);
        Assert.That((trace.Value, trace.Turns.Count), Is.EqualTo(("42", 2)));
    }

    [TestCase(0, null)]
    [TestCase(1, null)]
    [TestCase(2, "5")]
    public async Task Row_4_free_restarts_give_their_rounds_back(int free, string? value)
    {
        string[] script = [Code("print(1)"), "hm", Code("print(2)"), "hm", Code("print(3)"), Code("print(4)"), "\n\\boxed{5}"];
        SolveResult result = await SolveAsync(new SolverOptions { Rounds = 2, FreeRestarts = free }, script);
        Assert.That(result.Traces[0].Value, Is.EqualTo(value));
    }

    [TestCase(false, TraceEnd.NoCode, null)]
    [TestCase(true, TraceEnd.Answered, "5")]
    public async Task Row_5_an_answer_without_code_counts_when_asked_for(bool accept, TraceEnd end, string? value)
    {
        SolveResult result = await SolveAsync(new SolverOptions { AcceptNoCode = accept, RestartOnFail = false }, ["just \\boxed{5}"]);
        Assert.That((result.Traces[0].End, result.Traces[0].Value), Is.EqualTo((end, value)));
    }

    [Test]
    public async Task Row_6_a_short_answer_follows_the_last_code_round()
    {
        string[] rounds = [.. Enumerable.Range(1, 4).Select(k => Code($"print({k})"))];
        TraceRecord answered = await TraceAsync([.. rounds, Answer42]);
        TraceRecord asking = await TraceAsync([.. rounds, Code("print(5)"), Answer42]);
        Assert.That((answered.End, answered.Value), Is.EqualTo((TraceEnd.Answered, "42")));
        Assert.That((asking.End, asking.Turns.Count, asking.Turns[^1].Execution), Is.EqualTo((TraceEnd.OutOfRounds, 5, (ExecutionRecord?)null)));
    }

    [Test]
    public async Task Row_6_the_answer_generation_is_short()
    {
        RecordingModel model = new(new ScriptedTraceModel([[Code("print(1)"), Code("print(2)"), Answer42]]));
        SolverOptions options = new() { Samples = 1, Rounds = 2, MaxNewTokens = 2048, AnswerTokens = 64 };
        await new Solver(model, new StubPython(), options).SolveAsync(new Problem("0", "q", Prompt), null, CancellationToken.None);
        Assert.That(model.Limits, Is.EqualTo(new[] { 2048, 2048, 64 }));
    }

    [Test]
    public async Task Row_7_the_text_of_a_failed_last_attempt_is_kept()
    {
        TraceRecord trace = await TraceAsync("hm 1", "hm 2", "hm 3", "hm 4", "hm 5");
        Assert.That((trace.End, trace.Turns.Count, trace.Text()), Is.EqualTo((TraceEnd.NoCode, 4, "hm 4")));
    }

    [Test]
    public async Task Row_8_a_tie_goes_to_the_lowest_sample_index()
    {
        string[][] scripts =
        [
            ["hm", "hm", Code("print(3)"), "\n\\boxed{3}"], [Code("print(7)"), "\n\\boxed{7}"], [Code("print(3)"), "\n\\boxed{3}"], [Code("print(7)"), "\n\\boxed{7}"],
        ];
        SolveResult result = await SolveAsync(new SolverOptions(), scripts);
        Assert.That(result.Vote.Tallies, Is.EqualTo(new[] { new Tally(3, 2, 0), new Tally(7, 2, 1) }));
    }

    [TestCase(false, TraceEnd.Hallucinated, null)]
    [TestCase(true, TraceEnd.Answered, "81")]
    public async Task Row_10_a_hallucination_ends_the_trace_unless_it_may_restart(bool restart, TraceEnd end, string? value)
    {
        string[] script = ["```python\nprint(80)\n```\nso $\\boxed{80}$", Code("print(81)"), "\n\\boxed{81}"];
        SolveResult result = await SolveAsync(new SolverOptions { RestartHallucinated = restart }, script);
        Assert.That((result.Traces[0].End, result.Traces[0].Value), Is.EqualTo((end, value)));
    }

    [TestCase("\n```python\nprint(82)\n```\nwhich gives $\\boxed{82}$.", TestName = "Row_11_a_later_block_must_be_run_too")]
    [TestCase("\n```python\nprint(9*9)\n```\n```output 80```\nThe answer is $\\boxed{80}$.", TestName = "Row_12_an_output_in_one_line_is_none")]
    [TestCase("\n```python\nprint(9*9)\n```\n```output: 80\n```\nThe answer is $\\boxed{80}$.", TestName = "Row_12_an_output_of_the_model_is_none")]
    public async Task Only_code_that_was_run_is_answered(string turn)
    {
        TraceRecord trace = await TraceAsync(Code("print(9)"), turn);
        Assert.That((trace.End, trace.Value), Is.EqualTo((TraceEnd.Hallucinated, (string?)null)));
    }

    [TestCase("```python\nprint(5)\n```", "\n```output\n5\n```")]
    [TestCase("```python\nprint(5)\n```\n", "```output\n5\n```")]
    [TestCase("so\n```python\nprint(5)\n```\n\n", "```output\n5\n```")]
    public async Task Row_13_a_whole_block_is_run(string turn, string appended)
    {
        TraceRecord trace = await TraceAsync(turn, "\n\\boxed{5}");
        Assert.That((trace.Turns[0].Appended, trace.Value), Is.EqualTo((appended, "5")));
    }

    [Test]
    public async Task Row_13_a_cut_block_is_not_run()
    {
        TraceRecord trace = await TraceAsync("```python\nprint(5", Code("print(81)"), "\n\\boxed{81}");
        Assert.That((trace.Turns[1].Attempt, trace.Value), Is.EqualTo((1, "81")));
        Assert.That((await TraceOnceAsync("The answer is \\boxed{5}\n```python\nprint(5")).End, Is.EqualTo(TraceEnd.CutInCode));
    }

    [Test]
    public async Task Row_14_an_end_behind_an_output_is_a_failure()
    {
        TraceRecord trace = await TraceAsync(Code("print(42)"), "", Code("print(42)"), Answer42);
        Assert.That((trace.Turns.Select(turn => turn.Attempt), trace.Value), Is.EqualTo((new[] { 0, 0, 1, 1 }, "42")));
        Assert.That((await TraceOnceAsync(Code("print(42)"), "")).End, Is.EqualTo(TraceEnd.NoAnswer));
    }

    [Test]
    public async Task Row_15_output_asked_for_again_is_the_stored_one()
    {
        StubPython python = new();
        SolveResult result = await SolveAsync(new SolverOptions(), python, Prompt, [Code("print(42)"), "\n```output\n", Answer42]);
        Assert.That(python.Codes, Is.EqualTo(new[] { "print(42)\n" }));
        Assert.That(result.Traces[0].Text(), Is.EqualTo("```python\nprint(42)\n```\n```output\n42\n```\n```output\n42\n```" + Answer42));
        Assert.That(result.Traces[0].Turns.Select(turn => turn.Execution?.Stored), Is.EqualTo(new bool?[] { false, true, null }));
    }

    [Test]
    public void Row_17_fewer_than_two_rounds_are_an_error() => Assert.That(
        () => new Solver(new ScriptedTraceModel([]), new StubPython(), new SolverOptions { Rounds = 1 }),
        Throws.ArgumentException.With.Message.EqualTo("rounds: expected at least 2 (code, then an answer), found 1"));

    [Test]
    public async Task Rows_18_and_19_without_a_vote_it_stops_at_once_and_says_so()
    {
        string[] hallucination = ["```python\nprint(2)\n```\n$\\boxed{2}$", "more"];
        SolveResult result = await SolveAsync(new SolverOptions(), hallucination, hallucination, hallucination);
        Assert.That(result.Traces.Sum(trace => trace.Turns.Count), Is.EqualTo(3));
        Assert.That((result.Vote.Winner, result.Submitted), Is.EqualTo(((System.Numerics.BigInteger?)null, System.Numerics.BigInteger.Zero)));
    }

    [Test]
    public async Task Row_85_a_full_context_ends_the_trace()
    {
        FullModel model = new();
        SolveResult result = await new Solver(model, new StubPython(), new SolverOptions { Samples = 1 })
            .SolveAsync(new Problem("0", "q", Prompt), null, CancellationToken.None);
        Assert.That((result.Traces[0].End, result.Traces[0].Turns.Count), Is.EqualTo((TraceEnd.ContextFull, 1)));
    }

    /// <summary>Remembers how many tokens were allowed.</summary>
    private sealed class RecordingModel(ITraceModel model) : ITraceModel
    {
        public List<int> Limits { get; } = [];

        public ITraceSession Open(TraceKey key, string prompt) => new Session(model.Open(key, prompt), Limits);

        private sealed class Session(ITraceSession session, List<int> limits) : ITraceSession
        {
            public Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel)
            {
                limits.Add(options.MaxNewTokens);
                return session.GenerateAsync(options, onText, cancel);
            }

            public void Append(string text) => session.Append(text);

            public void Dispose() => session.Dispose();
        }
    }

    /// <summary>A model without a position left.</summary>
    private sealed class FullModel : ITraceModel, ITraceSession
    {
        public ITraceSession Open(TraceKey key, string prompt) => this;

        public Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel) =>
            Task.FromResult(new Completion("", 0, CompletionReason.ContextFull));

        public void Append(string text)
        {
        }

        public void Dispose()
        {
        }
    }
}
