using System.Text;
using System.Text.Json;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Engine;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Tests.Engine;

namespace Numina.Cuda.Tests.Solving;

/// <summary>Traces written by the engine, on a tiny random model: what they say is nonsense, how they say it is what is tested.</summary>
internal sealed class EngineTraceModelTests
{
    private static readonly Problem Problem = new("7", "What is 1+1?", "### Problem: What is 1+1?\n### Solution: ");

    private readonly CpuBackend _backend = new(new CpuOptions { Threads = 1 });

    [OneTimeTearDown]
    public void Close() => _backend.Dispose();

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["stop_string"])]
    public void Stop_string(Vector vector)
    {
        StopTexts stops = new(["```output\n"]);
        StringBuilder text = new();
        int used = 0;
        Range? found = null;
        foreach (JsonElement token in vector.Required().Arguments[0].EnumerateArray())
        {
            used++;
            text.Append(token.GetString());
            found = stops.Find(text.ToString());
            if (found != null)
            {
                break;
            }
        }

        string kept = found is { } stop ? text.ToString()[..stop.End] : text.ToString();
        Assert.That(kept, Is.EqualTo(vector.Ok.GetProperty("text").GetString()));
        Assert.That(used, Is.EqualTo(vector.Ok.GetProperty("tokens").GetInt32()));
        Assert.That(found != null ? "stop" : "length or eos", Is.EqualTo(vector.Ok.GetProperty("reason").GetString()));
    }

    [Test]
    public async Task A_trace_does_not_depend_on_how_many_run_beside_it()
    {
        string[] four = await TextsAsync(samples: 4);
        string[] nine = await TextsAsync(samples: 9);
        Assert.That(nine[..4], Is.EqualTo(four));
        Assert.That(nine.Distinct().Count(), Is.EqualTo(9), "every trace has its own noise");
    }

    [Test]
    public async Task Restarts_and_generations_have_noise_of_their_own()
    {
        await using TestEngine engine = new(_backend);
        SolverOptions options = new() { Samples = 1, Rounds = 4, MaxNewTokens = 12 };
        SolveResult result = await new Solver(Model(engine), new StubPython(), options).SolveAsync(Problem, null, CancellationToken.None);
        string[] attempts = [.. result.Traces[0].Turns.Select(turn => turn.Text)];
        Assert.That(attempts, Has.Length.EqualTo(4).And.Unique);
    }

    [Test]
    public async Task A_dropped_stop_leaves_neither_text_nor_tokens()
    {
        await using TestEngine engine = new(_backend);
        Completion free = await GenerateAsync(engine, [], []);
        string stop = free.Text.Substring(free.Text.Length / 2, 9);
        List<string> pieces = [];
        Completion dropped = await GenerateAsync(engine, [new StopText(stop, Kept: false)], pieces);
        Completion kept = await GenerateAsync(engine, [new StopText(stop, Kept: true)], []);
        Assert.That(kept.Text, Is.EqualTo(dropped.Text + stop));
        Assert.That(free.Text, Does.StartWith(kept.Text));
        Assert.That(string.Concat(pieces), Is.EqualTo(dropped.Text), "pieces add up to the completion");
        Assert.That((dropped.Reason, free.Reason), Is.EqualTo((CompletionReason.Stop, CompletionReason.Length)));
    }

    [Test]
    public async Task A_prompt_beyond_the_context_gives_an_empty_completion()
    {
        await using TestEngine engine = new(_backend);
        using ITraceSession session = Model(engine).Open(new TraceKey("7", 0, 0), string.Concat(Enumerable.Repeat("word ", 600)));
        Completion completion = await session.GenerateAsync(new CompletionOptions(8, []), null, CancellationToken.None);
        Assert.That(completion, Is.EqualTo(new Completion("", 0, CompletionReason.ContextFull)));
    }

    [Test]
    public async Task The_notebook_loop_runs_on_the_engine()
    {
        await using TestEngine engine = new(_backend);
        NotebookSolver solver = new(Model(engine), new StubPython(), new NotebookConfig { NumSamples = 3, NumGenerations = 2, MaxNewTokens = 8 });
        SolveResult result = await solver.SolveAsync(Problem, null, CancellationToken.None);
        Assert.That(result.Traces.Select(trace => trace.Turns.Count), Is.EqualTo(new[] { 2, 2, 2 }));
        Assert.That(result.Printed, Does.StartWith("=== CANDIDATE ANSWERS (3) ===\n['-1', '-1', '-1']\n"));
    }

    private static EngineTraceModel Model(TestEngine engine) => new(engine.Engine, TestEngine.Tokenizer, new TraceSampling { Temperature = 1 });

    private async Task<string[]> TextsAsync(int samples)
    {
        await using TestEngine engine = new(_backend);
        SolverOptions options = new() { Samples = samples, RestartOnFail = false, MaxNewTokens = 24 };
        SolveResult result = await new Solver(Model(engine), new StubPython(), options).SolveAsync(Problem, null, CancellationToken.None);
        return [.. result.Traces.Select(trace => trace.Text())];
    }

    private static async Task<Completion> GenerateAsync(TestEngine engine, StopText[] stops, List<string> pieces)
    {
        using ITraceSession session = Model(engine).Open(new TraceKey("7", 0, 0), Problem.Prompt);
        return await session.GenerateAsync(new CompletionOptions(24, stops), pieces.Add, CancellationToken.None);
    }
}
