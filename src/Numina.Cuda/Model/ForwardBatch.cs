namespace Numina.Cuda.Model;

/// <summary>The rows of a sequence's step whose logits are wanted.</summary>
public enum LogitRows
{
    /// <summary>None: the step only fills the cache.</summary>
    None,

    /// <summary>The last token's.</summary>
    Last,

    /// <summary>Every token's.</summary>
    All,
}

/// <summary>One sequence's part of a step: the last tokens of its context, to be computed and stored in its pages.</summary>
public readonly record struct SequenceStep
{
    /// <summary>Tokens to compute: those at positions ContextLength - Tokens.Length onwards.</summary>
    public required ReadOnlyMemory<int> Tokens { get; init; }

    /// <summary>Tokens of the sequence after the step.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Pages of the whole context: page p holds tokens p * PageSize onwards.</summary>
    public required ReadOnlyMemory<int> Pages { get; init; }

    /// <summary>How long the sequence was when each of <see cref="Tokens"/> was written; read when <see cref="RopeTable.DependsOnLength"/>. Empty: ContextLength for all.</summary>
    public ReadOnlyMemory<int> WrittenLengths { get; init; }

    public required LogitRows Logits { get; init; }
}

/// <summary>Sequences next to each other whose first pages are the same: attention may read these once for all of them.</summary>
/// <param name="First">Index of the first sequence.</param>
/// <param name="Sequences">How many.</param>
/// <param name="Pages">Full pages that all of them begin with; all computed before this step.</param>
public readonly record struct PrefixGroup(int First, int Sequences, int Pages);

/// <summary>What one forward pass computes. Logits come out in the order of the sequences, and of the tokens within one.</summary>
public sealed record ForwardBatch(IReadOnlyList<SequenceStep> Sequences, IReadOnlyList<PrefixGroup> PrefixGroups)
{
    /// <summary>T, the tokens to compute.</summary>
    public int Tokens => Sequences.Sum(sequence => sequence.Tokens.Length);

    /// <summary>What it is, for people: "step of 48 sequences, 48 tokens, longest context 812".</summary>
    public string Summary =>
        $"step of {Count(Sequences.Count, "sequence")}, {Count(Tokens, "token")}, longest context {Sequences.Max(sequence => sequence.ContextLength)}";

    /// <summary>R, the rows of logits.</summary>
    public int LogitRows => Sequences.Sum(sequence => sequence.Logits switch
    {
        Model.LogitRows.None => 0,
        Model.LogitRows.Last => 1,
        _ => sequence.Tokens.Length,
    });

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
