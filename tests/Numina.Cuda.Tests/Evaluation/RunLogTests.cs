using System.Numerics;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Evaluation;

public sealed class RunLogTests
{
    private static readonly Dictionary<string, string> Settings = new() { ["seed"] = "42", ["samples"] = "2" };

    private string _folder = "";

    private string LogFile => Path.Combine(_folder, RunLog.FileName);

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("numina-log-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_is_appended_is_read_again()
    {
        using (RunLog log = RunLog.Open(_folder, Settings))
        {
            Assert.That(log.Solved, Is.Empty);
            log.Append(Solved(3, "7", "π ≠ \"3\"\n"));
        }

        using RunLog again = RunLog.Open(_folder, Settings);
        SolvedProblem problem = again.Solved.Single();
        Assert.That((problem.Row, problem.Answer, problem.Solved.Submitted), Is.EqualTo((3, "7", "7")));
        Assert.That(problem.Solved.Traces.Select(trace => trace.Text()), Is.EqualTo(new[] { "π ≠ \"3\"\n", "π ≠ \"3\"\n" }));
        Assert.That(problem.Solved.Traces[0].Turns[0].Execution, Is.EqualTo(new ExecutionRecord("print(7)", PythonStatus.Success, "7", 0.25)));
    }

    [Test]
    public void A_torn_last_line_is_cut_off([Values(1, 10, 100)] int kept)
    {
        using (RunLog log = RunLog.Open(_folder, Settings))
        {
            log.Append(Solved(0, "7", "a"));
        }

        byte[] whole = File.ReadAllBytes(LogFile);
        using (RunLog log = RunLog.Open(_folder, Settings))
        {
            log.Append(Solved(1, "7", "b"));
        }

        using (FileStream file = File.OpenWrite(LogFile))
        {
            file.SetLength(whole.Length + kept);
        }

        using (RunLog log = RunLog.Open(_folder, Settings))
        {
            Assert.That(log.Solved.Select(problem => problem.Row), Is.EqualTo(new[] { 0 }));
        }

        Assert.That(File.ReadAllBytes(LogFile), Is.EqualTo(whole));
    }

    [Test]
    public void A_text_that_is_no_log_is_refused_and_left_alone()
    {
        File.WriteAllText(LogFile, "hello\n");
        Assert.That(() => RunLog.Open(_folder, Settings), Throws.TypeOf<RunLogException>().With.Message.Contains("run.jsonl: line 1"));
        Assert.That(File.ReadAllText(LogFile), Is.EqualTo("hello\n"));
    }

    [Test]
    public void Two_writers_are_refused()
    {
        using RunLog log = RunLog.Open(_folder, Settings);
        Assert.That(() => RunLog.Open(_folder, Settings), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Figures_follow_from_the_traces()
    {
        // Two problems of two traces: one right by both, one wrong by one and unvoted by the other.
        SolvedProblem right = Solved(0, "1007", "a");
        SolvedProblem wrong = Solved(1, "8", "b") with { Solved = Record(1, "b", [7, null]) };
        RunSummary summary = RunSummary.Of([right, wrong], samples: 2, modulus: 1000, seconds: 2, tokens: 40);
        Assert.That(summary.MajorityCorrect, Is.EqualTo(1));
        Assert.That(summary.PassAt1, Is.EqualTo(0.5));
        Assert.That(summary.Tokens, Is.EqualTo(4 * 5));
        Assert.That(summary.TokensPerSecond, Is.EqualTo(20));
        Assert.That((summary.Executions, summary.FailedExecutions, summary.WithoutVote), Is.EqualTo((4, 0, 0)));
        Assert.That(RunSummary.Of([right], 2, modulus: null, 1, 0).MajorityCorrect, Is.Zero, "1007 is not 7 without the modulus");
    }

    private static SolvedProblem Solved(int row, string answer, string text) => new()
    {
        Row = row,
        Id = $"id {row}",
        Answer = answer,
        Votes = [new VoteCount("7", 2)],
        Seconds = 1.5,
        Solved = Record(row, text, [7, 7]),
    };

    private static SolveRecord Record(int row, string text, int?[] values)
    {
        TraceRecord[] traces = [.. values.Select((value, sample) => new TraceRecord
        {
            Sample = sample,
            End = value is null ? TraceEnd.NoAnswer : TraceEnd.Answered,
            Answer = value?.ToString(),
            Value = value?.ToString(),
            Turns = [new TurnRecord { Attempt = 0, Text = text, Tokens = 5, Reason = CompletionReason.End, Execution = new ExecutionRecord("print(7)", PythonStatus.Success, "7", 0.25) }],
        })];
        var result = new SolveResult { Problem = new Problem($"{row}", "statement", "prompt"), Traces = traces, Vote = Vote.Count(traces, 1000) };
        Assert.That(result.Submitted, Is.EqualTo(new BigInteger(7)));
        return SolveRecord.Of(result, "default", 4, true);
    }
}
