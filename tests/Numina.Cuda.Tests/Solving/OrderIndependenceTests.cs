using Numina.Cuda.Solving;
using static Numina.Cuda.Tests.Solving.Conversation;

namespace Numina.Cuda.Tests.Solving;

/// <summary>Which trace is fast and which is slow changes nothing.</summary>
internal sealed class OrderIndependenceTests
{
    private static readonly string[][] Scripts =
    [
        [Code("print(3)"), "\n\\boxed{3}"],
        ["hm", Code("print(7)"), Code("print(8)"), "\n\\boxed{7}"],
        [Code("print(7)"), "", Code("print(7)"), "\n\\boxed{7}"],
        [Code("print(3)"), Code("print(3)"), Code("print(3)"), "\n\\boxed{3}"],
        ["```python\nprint(9)\n```\n\\boxed{9}"],
        ["hm", "hm", "hm", "hm"],
        [Code("print(5)"), "\nThe answer is 5."],
        [Code("print(7)"), "\n\\boxed{x}"],
    ];

    [Test]
    public async Task One_worker_gives_what_eight_give()
    {
        SolveResult alone = await SolveAsync(workers: 1, seed: 0);
        string expected = Describe(alone);
        Assert.That(alone.Vote.Tallies, Is.EqualTo(new[] { new Tally(3, 2, 0), new Tally(7, 2, 1), new Tally(5, 1, 6) }));
        for (int seed = 1; seed <= 20; seed++)
        {
            Assert.That(Describe(await SolveAsync(workers: 8, seed)), Is.EqualTo(expected));
        }
    }

    [Test]
    public void A_trace_that_fails_ends_the_others_and_is_what_the_caller_sees()
    {
        BrokenModel model = new();
        Solver solver = new(model, new StubPython(), new SolverOptions { Samples = 8 });
        Assert.That(() => solver.SolveAsync(new Problem("0", "q", Prompt), null, CancellationToken.None), Throws.InvalidOperationException.With.Message.EqualTo("sample 3 broke"));
    }

    [Test]
    public void A_cancelled_solve_is_cancelled()
    {
        Solver solver = new(new BrokenModel(), new StubPython(), new SolverOptions { Samples = 2 });
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(20));
        Assert.That(() => solver.SolveAsync(new Problem("0", "q", Prompt), null, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static async Task<SolveResult> SolveAsync(int workers, int seed)
    {
        using SlowModel model = new(new ScriptedTraceModel(Scripts), workers, seed);
        return await new Solver(model, new StubPython(), new SolverOptions { Samples = Scripts.Length }).SolveAsync(new Problem("0", "q", Prompt), null, CancellationToken.None);
    }

    private static string Describe(SolveResult result) =>
        string.Join("\n", result.Traces.Select(trace => $"{trace.Sample} {trace.End} {trace.Value} {string.Join('|', trace.Turns.Select(turn => turn with { Execution = null }))}"))
        + string.Join(',', result.Vote.Tallies);

    /// <summary>Generations wait for one of a few workers and take a random time.</summary>
    private sealed class SlowModel(ITraceModel model, int workers, int seed) : ITraceModel, IDisposable
    {
        private readonly SemaphoreSlim _workers = new(workers);
        private readonly Random _random = new(seed);

        public ITraceSession Open(TraceKey key, string prompt) => new Session(this, model.Open(key, prompt));

        public void Dispose() => _workers.Dispose();

        private async Task WaitAsync()
        {
            int milliseconds;
            lock (_random)
            {
                milliseconds = _random.Next(4);
            }

            await Task.Delay(milliseconds);
        }

        private sealed class Session(SlowModel owner, ITraceSession session) : ITraceSession
        {
            public async Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel)
            {
                await owner._workers.WaitAsync(cancel);
                try
                {
                    await owner.WaitAsync();
                    return await session.GenerateAsync(options, onText, cancel);
                }
                finally
                {
                    owner._workers.Release();
                }
            }

            public void Append(string text) => session.Append(text);

            public void Dispose() => session.Dispose();
        }
    }

    /// <summary>Sample 3 fails, the others wait until they are cancelled.</summary>
    private sealed class BrokenModel : ITraceModel
    {
        public ITraceSession Open(TraceKey key, string prompt) => new Session(key.Sample);

        private sealed class Session(int sample) : ITraceSession
        {
            public async Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel)
            {
                await Task.Delay(sample == 3 ? 5 : Timeout.Infinite, cancel);
                throw new InvalidOperationException($"sample {sample} broke");
            }

            public void Append(string text)
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
