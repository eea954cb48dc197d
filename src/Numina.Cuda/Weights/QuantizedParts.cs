using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>What GPTQ and AWQ layers have in common.</summary>
internal static class QuantizedParts
{
    /// <summary>Input features of a group; must divide K.</summary>
    public static int GroupSize(TensorMap tensors, string module, int columns, QuantizationConfig config)
    {
        int groupSize = config.GroupSize == -1 ? columns : config.GroupSize;
        RequireMultiple(tensors, $"{module}.scales", columns, groupSize, "input features for whole groups");
        return groupSize;
    }

    public static void RequireMultiple(TensorMap tensors, string name, int features, int divisor, string what)
    {
        if (features % divisor != 0)
        {
            throw new CheckpointException(tensors.FileOf(name), name, $"a multiple of {divisor} {what}", $"{features}");
        }
    }

    /// <summary>[G, N] of F16 or BF16, all finite.</summary>
    public static Tensor Scales(TensorMap tensors, string module, int groups, int rows)
    {
        string name = $"{module}.scales";
        Tensor scales = tensors.Get(name, new Shape(groups, rows), DType.F16, DType.BF16);
        int exponent = scales.Type == DType.F16 ? 0x7c00 : 0x7f80;
        for (int g = 0; g < groups; g++)
        {
            ReadOnlySpan<ushort> row = scales.Rows(g, 1).AsSpan<ushort>();
            for (int n = 0; n < row.Length; n++)
            {
                if ((row[n] & exponent) == exponent)
                {
                    throw new CheckpointException(tensors.FileOf(name), $"{name}[{g}, {n}]", "finite scales", $"0x{row[n]:x4}, which is no finite {scales.Type.Name()}");
                }
            }
        }

        return scales;
    }
}
