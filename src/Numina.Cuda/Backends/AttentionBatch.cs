using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends;

/// <summary>
/// Which keys each query token of a step sees. T query tokens lie one sequence after another; sequence s has queries QueryStarts[s] .. QueryStarts[s+1]-1,
/// the last ones of its ContextLengths[s] tokens. Query i of n sees keys 0 .. ContextLengths[s] - n + i (causal). All tensors are I32 in device memory.
/// </summary>
public readonly record struct AttentionBatch
{
    /// <summary>S, the number of sequences.</summary>
    public required int Sequences { get; init; }

    /// <summary>T, the number of query tokens.</summary>
    public required int Tokens { get; init; }

    /// <summary>The most query tokens of one sequence: 1 in a pure decode step.</summary>
    public required int MaxQueryLength { get; init; }

    /// <summary>The largest of <see cref="ContextLengths"/>.</summary>
    public required int MaxContextLength { get; init; }

    /// <summary>[S + 1], ascending from 0 to T.</summary>
    public required Tensor QueryStarts { get; init; }

    /// <summary>[S], this step's tokens included.</summary>
    public required Tensor ContextLengths { get; init; }

    /// <summary>[S, W]: page p of sequence s holds its tokens p * PageSize onwards. Unused entries are 0.</summary>
    public required Tensor PageTable { get; init; }

    /// <summary>[T]: where each token's key and value are stored, page * PageSize + offset.</summary>
    public required Tensor Slots { get; init; }

    /// <summary>[T]: each token's row in the rope table.</summary>
    public required Tensor RopeRows { get; init; }

    /// <summary>[G, 3] runs of sequences whose first pages are the same: first sequence, sequences, shared full pages. G may be 0.</summary>
    public required Tensor PrefixGroups { get; init; }
}
