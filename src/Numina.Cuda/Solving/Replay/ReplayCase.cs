namespace Numina.Cuda.Solving.Replay;

/// <summary>One conversation to run again without a model.</summary>
public sealed record ReplayCase
{
    /// <summary>Names it in messages.</summary>
    public required string Id { get; init; }

    public required Problem Problem { get; init; }

    public required int Samples { get; init; }

    /// <summary>Depth N.</summary>
    public required int Rounds { get; init; }

    public required bool RestartOnFail { get; init; }

    /// <summary>The k-th generation of sample i, restarts counted through.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Script { get; init; }

    /// <summary>Executions recorded with it; a script has none, its code is run.</summary>
    public IReadOnlyList<ExecutionRecord> Executions { get; init; } = [];

    /// <summary>What the recorded run was started with, by option; empty for a script.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
