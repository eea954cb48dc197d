using System.Text.Json;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Solving.Replay;
using Numina.Cuda.Tests.Solving.Python;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Solving.Notebook;

/// <summary>Whole conversations with a scripted model, against the notebook's own loop.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class LoopTests
{
    private readonly Runners pool = new(async options => await PythonPool.StartAsync(options, CancellationToken.None));

    [OneTimeTearDown]
    public async Task Stop() => await pool.DisposeAsync();

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["main_loop"])]
    public async Task Main_loop(Vector vector)
    {
        JsonElement arguments = vector.Required().Arguments;
        string prompt = arguments.GetProperty("prompt").GetString()!;
        string[][] scripts = arguments.GetProperty("scripts").Deserialize<string[][]>()!;
        NotebookConfig config = new()
        {
            NumSamples = scripts.Length,
            NumGenerations = arguments.GetProperty("num_generations").GetInt32(),
            RestartOnFail = arguments.GetProperty("restart_on_fail").GetBoolean(),
        };
        NotebookLoop loop = new(new ScriptedTraceModel(scripts), await pool.For(vector.Id), config);
        NotebookRun run = await loop.RunAsync(new Problem("0", "q", prompt), observe: null, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(run.Order, Is.EqualTo(vector.Ok.GetProperty("order").Deserialize<int[]>()));
            Assert.That(run.Candidates, Is.EqualTo(vector.Ok.GetProperty("candidates").Deserialize<string[]>()));
            Assert.That(run.Filtered, Is.EqualTo(vector.Ok.GetProperty("filtered").Deserialize<int[]>()));
            Assert.That(run.Majority, Is.EqualTo(vector.Ok.GetProperty("majority").GetInt32()));
            Assert.That(run.GenerateCalls, Is.EqualTo(vector.Ok.GetProperty("generate_calls").GetInt32()));
            Assert.That(string.Concat(run.Steps.Select(step => step.Printed)), Is.EqualTo(vector.Printed));
        });
    }

    [TestCaseSource(nameof(Traces))]
    public async Task Trace(string id, JsonElement trace)
    {
        ReplayCase replay = ReplayFile.Read(Reference.Path("sctir/traces.jsonl")).Single(candidate => candidate.Id == id);
        Replayer replayer = new(await pool.For(id));
        JsonElement expect = trace.GetProperty("expect");
        ReplayResult result = await replayer.NotebookAsync(replay, CancellationToken.None);
        JsonElement found = JsonDocument.Parse(result.ToJson()).RootElement;
        foreach (JsonProperty field in expect.EnumerateObject())
        {
            Assert.That(JsonSerializer.Serialize(found.GetProperty(field.Name)), Is.EqualTo(JsonSerializer.Serialize(field.Value)), field.Name);
        }
    }

    private static IEnumerable<TestCaseData> Traces()
    {
        if (Reference.Find("sctir/traces.jsonl") is not { } path)
        {
            return [new TestCaseData("absent", default(JsonElement))];
        }

        return File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(trace => new TestCaseData(trace.GetProperty("id").GetString(), trace).SetArgDisplayNames(trace.GetProperty("id").GetString()!));
    }
}
