using System.Text.Json;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Solving.Replay;
using Numina.Cuda.Tests.Support;
using static Numina.Cuda.Tests.Solving.Conversation;

namespace Numina.Cuda.Tests.Solving;

/// <summary>Files that a replay reads, and recorded runs that go through the loop again.</summary>
internal sealed class ReplayTests
{
    private static readonly string[][] Scripts =
    [
        ["hm", Code("print(1042)"), "\n\\boxed{1042}"],
        [Code("fail Error"), "\n```python\nprint(42)\n```", "\n\\boxed{42}"],
        [Code("print(7)"), "\n```output\n", "\n\\boxed{7}"],
    ];

    [TestCase(1000, "42", new[] { "42", "42", "7" })]
    [TestCase(null, "1042", new[] { "1042", "42", "7" })]
    public async Task A_recorded_run_is_voted_again_under_another_modulus(int? modulus, string majority, string[] votes)
    {
        SolveResult solved = await SolveAsync(new SolverOptions(), Scripts);
        ReplayCase replay = Read(Log(solved)).Single();
        ReplayResult result = await new Replayer(new NoPython()).DefaultAsync(replay, new SolverOptions { Modulus = modulus }, CancellationToken.None);
        Assert.That((result.Majority, result.GenerateCalls, result.CodeRuns), Is.EqualTo((majority, 9, 4)));
        Assert.That(result.Filtered, Is.EqualTo(votes));
        Assert.That(
            result.Steps[^1].Samples.Select(sample => sample.GenTexts),
            Is.EqualTo(solved.Traces.Select(trace => Prompt + trace.Text())), "texts as they were recorded");
    }

    [Test]
    public async Task A_recorded_run_goes_through_the_notebook_loop()
    {
        string[] script = [Code("print(42)"), "\n\\boxed{42}"];
        SolveResult solved = await SolveAsync(new SolverOptions(), script);
        ReplayCase recorded = Read(Log(solved)).Single();

        // The notebook cuts blocks out with the newline behind the language's name.
        ExecutionRecord execution = recorded.Executions[0] with { Code = "\n" + recorded.Executions[0].Code };
        ReplayResult result = await new Replayer(new NoPython()).NotebookAsync(recorded with { Executions = [execution] }, CancellationToken.None);
        Assert.That((result.Candidates[0], result.GenerateCalls), Is.EqualTo(("42", 4)));
    }

    [Test]
    public async Task A_torn_last_line_of_a_log_is_passed_over()
    {
        string log = Log(await SolveAsync(new SolverOptions(), Scripts));
        string torn = log + log.Split('\n')[1][..40];
        Assert.That(Read(torn), Has.Count.EqualTo(1));
    }

    [TestCase("{\"script\": [[\"a\"]]}", "line 1: prompt: expected a text, found nothing")]
    [TestCase("{\"script\": [[1]], \"prompt\": \"p\"}", "line 1: script: expected a text, found Number")]
    [TestCase("{\"script\": [], \"prompt\": \"p\", \"config\": {\"num_samples\": 0}}", "line 1: num_samples: expected a positive integer, found 0")]
    [TestCase("\n[]", "line 2: expected an object, found Array")]
    [TestCase("{\"a\": 1}", "line 1: expected a script or a solved problem, found neither")]
    [TestCase("", "line 1: expected a script or a solved problem, found none")]
    public void A_malformed_file_is_refused_in_one_line(string text, string message)
    {
        ReplayFileException error = Assert.Throws<ReplayFileException>(() => Read(text))!;
        Assert.That(error.Message, Does.EndWith(message).And.Contain("replay.jsonl"));
    }

    [Test]
    public void A_replay_of_the_default_loop_has_the_fields_of_the_reference_traces()
    {
        string line = File.ReadLines(Reference.Path("sctir/traces.jsonl")).First();
        string[] expected = [.. JsonDocument.Parse(line).RootElement.GetProperty("expect").EnumerateObject().Select(field => field.Name)];
        ReplayCase replay = Read(line).Single();
        ReplayResult result = new Replayer(new StubPython()).DefaultAsync(replay, new SolverOptions(), CancellationToken.None).Result;
        Assert.That(JsonDocument.Parse(result.ToJson()).RootElement.EnumerateObject().Select(field => field.Name), Is.SupersetOf(expected));
        Assert.That(result.GenerateCalls, Is.EqualTo(8), "answered traces are not generated again");
    }

    private static IReadOnlyList<ReplayCase> Read(string text)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "replay.jsonl");
            File.WriteAllText(path, text);
            return ReplayFile.Read(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A run's log in its own words: settings, then a problem.</summary>
    private static string Log(SolveResult solved)
    {
        string record = SolveRecord.Of(solved, "default", rounds: 4, restartOnFail: true).ToJson();
        return $"{{\"version\":1,\"settings\":{{\"compat\":\"none\"}}}}\n{{\"row\":3,\"id\":\"x\",\"solved\":{record}}}\n";
    }

    /// <summary>Everything must come from the record.</summary>
    private sealed class NoPython : IPythonRunner
    {
        public Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel) => throw new InvalidOperationException($"not recorded: {job.Code}");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
