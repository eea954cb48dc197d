using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>A linear layer of an AWQ checkpoint, version GEMM, 4 bits: qweight [K, N/8], qzeros [G, N/8], scales [G, N]; groups in the order of the inputs.</summary>
internal static class AwqWeight
{
    private const int PerWord = 8;

    /// <summary>Fetches and checks the tensors of <paramref name="module"/>, a linear layer of K = columns inputs and N = rows outputs.</summary>
    public static QuantizedMatrix Read(TensorMap tensors, string module, int rows, int columns, QuantizationConfig config)
    {
        int groups = columns / QuantizedParts.GroupSize(tensors, module, columns, config);
        QuantizedParts.RequireMultiple(tensors, $"{module}.qweight", rows, PerWord, "output features for whole words");
        return new QuantizedMatrix(rows, columns)
        {
            Bits = config.Bits,
            Groups = groups,
            Words = tensors.Get($"{module}.qweight", new Shape(columns, rows / PerWord), DType.I32),
            Zeros = tensors.Get($"{module}.qzeros", new Shape(groups, rows / PerWord), DType.I32),
            Scales = QuantizedParts.Scales(tensors, module, groups, rows),
            Packing = CodePacking.AlongRowsInterleaved,
            ZeroOffset = config.ZeroOffset,
        };
    }
}
