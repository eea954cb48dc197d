using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving;

/// <summary>How a trace ended.</summary>
public enum TraceEnd
{
    /// <summary>With an answer; whether it is a vote is told by <see cref="TraceRecord.Value"/>.</summary>
    Answered,

    /// <summary>No code was written.</summary>
    NoCode,

    /// <summary>The model ended its text without an answer.</summary>
    NoAnswer,

    /// <summary>An answer was given beside code that was never run.</summary>
    Hallucinated,

    /// <summary>The text was cut inside a code block.</summary>
    CutInCode,

    /// <summary>All rounds were used and more code was to be run.</summary>
    OutOfRounds,

    /// <summary>The model's context was full.</summary>
    ContextFull,
}

/// <summary>All that happened to one trace: enough to show it, to replay it and to vote again.</summary>
public sealed record TraceRecord
{
    /// <summary>The trace's index among the samples of its problem.</summary>
    public required int Sample { get; init; }

    public required TraceEnd End { get; init; }

    /// <summary>The answer as the model wrote it; null for none.</summary>
    public string? Answer { get; init; }

    /// <summary>The answer as an exact decimal integer before any modulus; null where it is none. Only a value votes.</summary>
    public string? Value { get; init; }

    /// <summary>Every generation in order, those before a restart included.</summary>
    public required IReadOnlyList<TurnRecord> Turns { get; init; }

    /// <summary>Everything behind the prompt in the last attempt.</summary>
    public string Text() => TextOf(Turns.Count == 0 ? 0 : Turns[^1].Attempt, Turns.Count);

    public int Tokens() => Turns.Sum(turn => turn.Tokens);

    /// <summary>The text of one attempt after the first <paramref name="turns"/> generations of the trace.</summary>
    internal string TextOf(int attempt, int turns) => string.Concat(Turns.Take(turns).Where(turn => turn.Attempt == attempt).Select(turn => turn.Text + turn.Appended));
}

/// <summary>One generation and what followed it.</summary>
public sealed record TurnRecord
{
    /// <summary>Restarts before it.</summary>
    public required int Attempt { get; init; }

    /// <summary>What the model wrote.</summary>
    public required string Text { get; init; }

    public required int Tokens { get; init; }

    public required CompletionReason Reason { get; init; }

    /// <summary>The execution that the turn asked for, if any.</summary>
    public ExecutionRecord? Execution { get; init; }

    /// <summary>What was appended for the model to read on from.</summary>
    public string Appended { get; init; } = "";
}

/// <summary>One run of a code block.</summary>
/// <param name="Code">The block.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Output">The whole output, before it was cut for the model.</param>
/// <param name="Seconds">Time it took.</param>
/// <param name="StandardError">What the program wrote there: for the record, not for the model.</param>
/// <param name="Stored">The output was asked for again without new code: nothing was run, the earlier result was given.</param>
public sealed record ExecutionRecord(string Code, PythonStatus Status, string Output, double Seconds, string StandardError = "", bool Stored = false)
{
    public static ExecutionRecord Of(string code, PythonResult result) => new(code, result.Status, result.Output, result.Duration.TotalSeconds, result.StandardError);
}
