using System.Numerics;

namespace Numina.Cuda.Solving;

/// <summary>Solves one problem at a time by sampling traces and voting.</summary>
public interface ISolver
{
    /// <param name="problem">The problem.</param>
    /// <param name="observe">Called from the traces' own threads; must not block.</param>
    /// <param name="cancel">Ends everything that was started.</param>
    Task<SolveResult> SolveAsync(Problem problem, Action<SolveEvent>? observe, CancellationToken cancel);
}

/// <summary>A problem with its traces and their vote.</summary>
public sealed record SolveResult
{
    public required Problem Problem { get; init; }

    /// <summary>The traces by sample index.</summary>
    public required IReadOnlyList<TraceRecord> Traces { get; init; }

    public required VoteResult Vote { get; init; }

    /// <summary>What the notebook would have printed for this problem; empty in the default profile.</summary>
    public string Printed { get; init; } = "";

    /// <summary>What is submitted: the winner, or 0 where there is no vote.</summary>
    public BigInteger Submitted => Vote.Winner ?? BigInteger.Zero;
}
