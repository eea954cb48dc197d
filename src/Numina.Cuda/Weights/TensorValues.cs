using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>Reads small floating point tensors into arrays.</summary>
internal static class TensorValues
{
    /// <summary>What checkpoints store weights in.</summary>
    public static ReadOnlySpan<DType> Floating => [DType.F16, DType.BF16, DType.F32];

    /// <summary>The elements as fp32, exactly. F16, BF16 or F32.</summary>
    public static float[] ToFloats(Tensor tensor)
    {
        var values = new float[checked((int)tensor.Count)];
        switch (tensor.Type)
        {
            case DType.F16:
                Span<Half> halves = tensor.AsSpan<Half>();
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)halves[i];
                }

                break;
            case DType.BF16:
                Span<ushort> upper = tensor.AsSpan<ushort>();
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.Int32BitsToSingle(upper[i] << 16);
                }

                break;
            case DType.F32:
                tensor.AsSpan<float>().CopyTo(values);
                break;
            default:
                throw new ArgumentException($"{tensor.Type.Name()} is not floating point", nameof(tensor));
        }

        return values;
    }
}
