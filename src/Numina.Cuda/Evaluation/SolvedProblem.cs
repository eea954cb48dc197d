using System.Numerics;
using Numina.Cuda.Solving;

namespace Numina.Cuda.Evaluation;

/// <summary>A row of a data set with its traces and their vote, as a run's log keeps it: all that is needed to report, to replay and to vote again.</summary>
public sealed record SolvedProblem
{
    /// <summary>Row in the data set: the key.</summary>
    public required int Row { get; init; }

    public required string Id { get; init; }

    /// <summary>The gold answer as an exact decimal integer; null where the set has none.</summary>
    public string? Answer { get; init; }

    /// <summary>Votes, the winner first.</summary>
    public required IReadOnlyList<VoteCount> Votes { get; init; }

    /// <summary>From the first trace's start to the last one's end; problems overlap.</summary>
    public required double Seconds { get; init; }

    /// <summary>What the notebook would have printed; empty in the default profile.</summary>
    public string Printed { get; init; } = "";

    public required SolveRecord Solved { get; init; }

    /// <summary>Whether an integer is the gold answer under the modulus; null in a set without answers.</summary>
    public bool? IsRight(string? value, int? modulus) => Answer is null ? null
        : value is not null && Vote.Reduce(BigInteger.Parse(value), modulus) == Vote.Reduce(BigInteger.Parse(Answer), modulus);

    /// <summary>Whether what was submitted is the gold answer; null in a set without answers.</summary>
    public bool? IsRight(int? modulus) => IsRight(Solved.Submitted, modulus);
}

/// <param name="Value">An exact decimal integer.</param>
/// <param name="Count">Traces that voted for it.</param>
public sealed record VoteCount(string Value, int Count);
