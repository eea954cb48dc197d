using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>A linear layer y = x W^T + b. <paramref name="Bias"/> is [N], or null when there is none or it is all zero.</summary>
public sealed record LinearWeights(WeightMatrix Matrix, float[]? Bias);

/// <summary>One decoder layer. The matrices are views of the checkpoint's files.</summary>
public sealed record LayerWeights
{
    /// <summary>[H], before attention.</summary>
    public required float[] InputNorm { get; init; }

    /// <summary>[heads * headDim, H].</summary>
    public required LinearWeights Query { get; init; }

    /// <summary>[kvHeads * headDim, H].</summary>
    public required LinearWeights Key { get; init; }

    /// <summary>[kvHeads * headDim, H].</summary>
    public required LinearWeights Value { get; init; }

    /// <summary>[H, heads * headDim].</summary>
    public required LinearWeights Output { get; init; }

    /// <summary>[H], before the MLP.</summary>
    public required float[] PostAttentionNorm { get; init; }

    /// <summary>[I, H].</summary>
    public required LinearWeights Gate { get; init; }

    /// <summary>[I, H].</summary>
    public required LinearWeights Up { get; init; }

    /// <summary>[H, I].</summary>
    public required LinearWeights Down { get; init; }

    /// <summary>The tensors of the checkpoint's files behind all matrices.</summary>
    public IEnumerable<Tensor> Stored => new[] { Query, Key, Value, Output, Gate, Up, Down }.SelectMany(linear => linear.Matrix.Stored);
}

/// <summary>All weights of a decoder. The embedding and the matrices are views of the checkpoint's files and must not outlive the <see cref="Checkpoint"/>.</summary>
public sealed record ModelWeights
{
    /// <summary>[V, H] of F32, F16 or BF16.</summary>
    public required Tensor Embedding { get; init; }

    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>[H].</summary>
    public required float[] FinalNorm { get; init; }

    /// <summary>[V, H]; the embedding's own memory when the two are tied.</summary>
    public required LinearWeights Head { get; init; }
}
