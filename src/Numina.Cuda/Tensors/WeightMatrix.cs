namespace Numina.Cuda.Tensors;

/// <summary>
/// The weight W [N, K] of a linear layer y = x W^T as the checkpoint stores it: N output features (rows), K input features (columns).
/// Views into the mapped file; a backend repacks it once at load.
/// </summary>
public abstract record WeightMatrix(int Rows, int Columns)
{
    /// <summary>The large tensors of the file that it is made of.</summary>
    public abstract IReadOnlyList<Tensor> Stored { get; }
}

/// <summary>Unquantised: <paramref name="Data"/> is [N, K] of F32, F16 or BF16.</summary>
public sealed record DenseMatrix(Tensor Data) : WeightMatrix(checked((int)Data.Shape[0]), checked((int)Data.Shape[1]))
{
    public override IReadOnlyList<Tensor> Stored => [Data];
}

/// <summary>How the codes of a <see cref="QuantizedMatrix"/> lie in their 32-bit words.</summary>
public enum CodePacking
{
    /// <summary>GPTQ: words [K*bits/32, N], lowest bits first along K; zeros [G, N*bits/32] along N.</summary>
    AlongColumns,

    /// <summary>AWQ GEMM: words [K, N/8], eight codes along N in the nibble order 0 4 1 5 2 6 3 7; zeros [G, N/8] likewise.</summary>
    AlongRowsInterleaved,
}

/// <summary>
/// Integer codes with a scale and a zero point for each group of input features: W[n, k] = Scale(g, n) * (Code(n, k) - Zero(g, n)) with g = Group(k),
/// exact in fp32. GPTQ and AWQ checkpoints both become this.
/// </summary>
public sealed unsafe record QuantizedMatrix(int Rows, int Columns) : WeightMatrix(Rows, Columns)
{
    private static ReadOnlySpan<byte> AwqNibbles => [0, 4, 1, 5, 2, 6, 3, 7];

    public override IReadOnlyList<Tensor> Stored => [Words, Zeros, Scales];

    /// <summary>4 or 8.</summary>
    public required int Bits { get; init; }

    /// <summary>Number of groups G.</summary>
    public required int Groups { get; init; }

    /// <summary>I32 words of codes; the shape follows from <see cref="Packing"/>.</summary>
    public required Tensor Words { get; init; }

    /// <summary>I32 words of stored zero points.</summary>
    public required Tensor Zeros { get; init; }

    /// <summary>[G, N] of F16, BF16 or F32.</summary>
    public required Tensor Scales { get; init; }

    public required CodePacking Packing { get; init; }

    /// <summary>Added to every stored zero point: 1 in GPTQ v1, else 0.</summary>
    public required int ZeroOffset { get; init; }

    /// <summary>[K] group of each input feature (act-order); null when it is k / (K / G).</summary>
    public int[]? GroupIndex { get; init; }

    /// <summary>Group of input feature <paramref name="k"/>.</summary>
    public int Group(int k) => GroupIndex is { } index ? index[k] : k / (Columns / Groups);

    /// <summary>The unsigned code of weight [n, k], before the zero point is taken off.</summary>
    public int Code(int n, int k)
    {
        uint* words = (uint*)Words.Pointer;
        if (Packing == CodePacking.AlongRowsInterleaved)
        {
            return (int)(words[(long)k * (Rows / 8) + n / 8] >> (4 * AwqNibbles[n % 8])) & 15;
        }

        int perWord = 32 / Bits;
        return (int)(words[(long)(k / perWord) * Rows + n] >> (Bits * (k % perWord))) & ((1 << Bits) - 1);
    }

    /// <summary>The zero point of group <paramref name="g"/> and row <paramref name="n"/>, offset included.</summary>
    public int Zero(int g, int n)
    {
        uint* words = (uint*)Zeros.Pointer;
        if (Packing == CodePacking.AlongRowsInterleaved)
        {
            return (int)(words[(long)g * (Rows / 8) + n / 8] >> (4 * AwqNibbles[n % 8])) & 15;
        }

        int perWord = 32 / Bits;
        return ((int)(words[(long)g * (Rows / perWord) + n / perWord] >> (Bits * (n % perWord))) & ((1 << Bits) - 1)) + ZeroOffset;
    }

    /// <summary>The scale of group <paramref name="g"/> and row <paramref name="n"/>.</summary>
    public float Scale(int g, int n)
    {
        long at = (long)g * Rows + n;
        return Scales.Type switch
        {
            DType.F16 => (float)((Half*)Scales.Pointer)[at],
            DType.BF16 => BitConverter.Int32BitsToSingle(((ushort*)Scales.Pointer)[at] << 16),
            DType.F32 => ((float*)Scales.Pointer)[at],
            _ => throw new InvalidOperationException($"scales of type {Scales.Type.Name()}"),
        };
    }

    /// <summary>Row <paramref name="n"/> of W in fp32, input features in checkpoint order. Exact, and slow: for checks and loading.</summary>
    public void DequantizeRow(int n, Span<float> row)
    {
        for (int k = 0; k < Columns; k++)
        {
            int g = Group(k);
            row[k] = Scale(g, n) * (Code(n, k) - Zero(g, n));
        }
    }
}
