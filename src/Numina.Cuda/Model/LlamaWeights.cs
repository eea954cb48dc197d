using Numina.Cuda.Tensors;

namespace Numina.Cuda.Model;

/// <summary>A linear layer before it is loaded: matrices stacked along their output features, in this order, and the bias [sum N] over all of them.</summary>
public sealed record LinearSource(IReadOnlyList<WeightMatrix> Parts, float[]? Bias = null);

/// <summary>The weights of one decoder layer.</summary>
public sealed record LlamaLayerWeights
{
    /// <summary>[H]</summary>
    public required float[] AttentionNorm { get; init; }

    /// <summary>q [heads * headDim, H], k and v [kvHeads * headDim, H].</summary>
    public required LinearSource QueryKeyValue { get; init; }

    /// <summary>[H, heads * headDim]</summary>
    public required LinearSource Output { get; init; }

    /// <summary>[H]</summary>
    public required float[] MlpNorm { get; init; }

    /// <summary>gate and up, [I, H] each.</summary>
    public required LinearSource GateUp { get; init; }

    /// <summary>[H, I]</summary>
    public required LinearSource Down { get; init; }
}

/// <summary>What <see cref="Llama"/> is loaded from: views into a checkpoint, or weights made in memory. The embedding's memory must outlive the model.</summary>
public sealed record LlamaWeights
{
    /// <summary>[V, H] of F32, F16 or BF16.</summary>
    public required Tensor Embedding { get; init; }

    /// <summary>Enumerated once, in order: a layer may be made when it is asked for.</summary>
    public required IEnumerable<LlamaLayerWeights> Layers { get; init; }

    /// <summary>[H]</summary>
    public required float[] Norm { get; init; }

    /// <summary>[V, H]; the embedding itself when the two are tied.</summary>
    public required WeightMatrix Head { get; init; }
}
