using System.Text.Json;
using System.Text.RegularExpressions;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>The notebook's own REPL answered these calls; every runner must give the same in the notebook profile.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed partial class VectorTests
{
    private readonly Runners pool = new(async options => await PythonPool.StartAsync(options, CancellationToken.None));
    private readonly Runners prewarmed = new(async options => await PrewarmedPool.StartAsync(options, CancellationToken.None));
    private readonly Runners fresh = new(options => Task.FromResult<IPythonRunner>(new FreshInterpreter(options)));

    [OneTimeTearDown]
    public async Task Stop()
    {
        await pool.DisposeAsync();
        await prewarmed.DisposeAsync();
        await fresh.DisposeAsync();
    }

    [TestCaseSource(nameof(Cases))]
    public Task Pool(string id, JsonElement vector) => Check(pool, id, vector);

    [TestCaseSource(nameof(Cases))]
    public Task Fresh_interpreter(string id, JsonElement vector) => Check(fresh, id, vector);

    /// <summary>Each costs an interpreter's start, so a part: all that raise or time out, and every seventh other.</summary>
    [TestCaseSource(nameof(Sample))]
    public Task Prewarmed(string id, JsonElement vector) => Check(prewarmed, id, vector);

    private static IEnumerable<TestCaseData> Sample() => Cases().Where((test, index) => index % 7 == 0 || test.Arguments is [string id, JsonElement vector]
        && vector.ValueKind == JsonValueKind.Object && vector.GetProperty("fn").GetString() == "PythonREPL"
        && (vector.GetProperty("expect").TryGetProperty("raises", out _) || id.Contains("timeout", StringComparison.Ordinal)));

    private static IEnumerable<TestCaseData> Cases()
    {
        if (Reference.Find("sctir/vectors.jsonl") is not { } path)
        {
            return [new TestCaseData("absent", default(JsonElement))];
        }

        return File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(vector => vector.GetProperty("fn").GetString() is "PythonREPL" || IsSingleRun(vector))
            .Select(vector => new TestCaseData(vector.GetProperty("id").GetString(), vector).SetArgDisplayNames(vector.GetProperty("id").GetString()!));
    }

    /// <summary>A call of execute_completion with a status, that runs code.</summary>
    private static bool IsSingleRun(JsonElement vector) => vector.GetProperty("fn").GetString() == "execute_completion"
        && Block().IsMatch(vector.GetProperty("args")[0].GetString()!) && vector.GetProperty("expect").GetProperty("ok").ValueKind == JsonValueKind.Array;

    private static string Code(JsonElement vector)
    {
        string text = vector.GetProperty("args")[0].GetString()!;
        return vector.GetProperty("fn").GetString() == "PythonREPL" ? text : Block().Matches(text)[^1].Groups[1].Value;
    }

    private static async Task Check(Runners runners, string id, JsonElement vector)
    {
        Reference.Path("sctir/vectors.jsonl");
        IPythonRunner runner = await runners.WithLimit(id.Contains("timeout", StringComparison.Ordinal) ? 5 : 60);
        PythonJob job = new(Code(vector), PythonProfile.Notebook);
        JsonElement expect = vector.GetProperty("expect");
        if (expect.TryGetProperty("raises", out _))
        {
            PythonDecodeException error = Assert.ThrowsAsync<PythonDecodeException>(() => runner.RunAsync(job, CancellationToken.None))!;
            Assert.That(error.Message, Is.EqualTo(expect.GetProperty("msg").GetString()));
            return;
        }

        PythonResult result = await runner.RunAsync(job, CancellationToken.None);
        bool single = vector.GetProperty("fn").GetString() == "execute_completion";
        JsonElement ok = expect.GetProperty("ok");
        string output = vector.TryGetProperty("masked", out _) ? TemporaryPath().Replace(result.Output, "<TMP>/tmp.py") : result.Output;
        Assert.That(output, Is.EqualTo(ok[single ? 0 : 1].GetString()));
        Assert.That(result.Status == PythonStatus.Success, Is.EqualTo(ok[single ? 1 : 0].GetBoolean()));
    }

    [GeneratedRegex("```python(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"/\S*/tmp\.py")]
    private static partial Regex TemporaryPath();
}
