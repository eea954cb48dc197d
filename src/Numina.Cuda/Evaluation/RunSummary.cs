using System.Text.Json;
using System.Text.Json.Serialization;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Evaluation;

/// <summary>The figures of a run.</summary>
public sealed record RunSummary
{
    public required int Problems { get; init; }

    /// <summary>Traces of each problem (M).</summary>
    public required int Samples { get; init; }

    /// <summary>Problems whose majority is right; null in a set without answers, as all that follow from it.</summary>
    public int? MajorityCorrect { get; init; }

    /// <summary><see cref="MajorityCorrect"/> over <see cref="Problems"/>: maj@M, the accuracy.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Wilson's 95% interval of the accuracy.</summary>
    public double? AccuracyLow { get; init; }

    public double? AccuracyHigh { get; init; }

    /// <summary>Fraction of traces that are right.</summary>
    [JsonPropertyName("pass_at_1")]
    public double? PassAt1 { get; init; }

    /// <summary>Problems on which nobody voted; 0 is submitted for them, and may be right by chance.</summary>
    public required int WithoutVote { get; init; }

    /// <summary>Tokens that the model wrote.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens written a second of <see cref="Seconds"/>, Python's time included.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Code blocks run.</summary>
    public required int Executions { get; init; }

    /// <summary>Those that ended in an error or at a limit.</summary>
    public required int FailedExecutions { get; init; }

    /// <summary>Wall-clock time of this session's part of the run.</summary>
    public required double Seconds { get; init; }

    /// <summary>One JSON object with the names in snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunLogJson.Default.RunSummary);

    /// <summary>Sums up what was solved. <paramref name="seconds"/> and <paramref name="tokens"/> are of this session: a resumed run solved the rest in another.</summary>
    public static RunSummary Of(IReadOnlyCollection<SolvedProblem> solved, int samples, int? modulus, double seconds, long tokens)
    {
        bool judged = solved.Count > 0 && solved.All(problem => problem.Answer is not null);
        int right = solved.Count(problem => problem.IsRight(modulus) == true);
        (double low, double high) = judged ? Statistics.Wilson(right, solved.Count) : default;
        ExecutionRecord[] executions = [.. solved.SelectMany(problem => problem.Solved.Traces).SelectMany(trace => trace.Turns).Select(turn => turn.Execution)
            .OfType<ExecutionRecord>().Where(execution => !execution.Stored)];
        return new RunSummary
        {
            Problems = solved.Count,
            Samples = samples,
            MajorityCorrect = judged ? right : null,
            Accuracy = judged ? (double)right / solved.Count : null,
            AccuracyLow = judged ? low : null,
            AccuracyHigh = judged ? high : null,
            PassAt1 = judged ? solved.Average(problem => problem.Solved.Traces.Average(trace => problem.IsRight(trace.Value, modulus) == true ? 1.0 : 0.0)) : null,
            WithoutVote = solved.Count(problem => !problem.Solved.Voted),
            Tokens = solved.Sum(problem => problem.Solved.Traces.Sum(trace => (long)trace.Tokens())),
            TokensPerSecond = seconds > 0 ? tokens / seconds : 0,
            Executions = executions.Length,
            FailedExecutions = executions.Count(execution => execution.Status != PythonStatus.Success),
            Seconds = seconds,
        };
    }
}
