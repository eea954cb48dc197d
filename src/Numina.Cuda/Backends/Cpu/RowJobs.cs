using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>How rows are cut into items: enough work each that handing it over costs little.</summary>
internal static class RowBlocks
{
    /// <summary>Elements of an item, about 20 microseconds of work.</summary>
    private const long ItemElements = 32 << 10;

    public static int RowsPerItem(Tensor tensor) => (int)Math.Max(1, ItemElements / Math.Max(1, tensor.Shape[1]));

    public static int Items(Tensor tensor) => checked((int)((tensor.Shape[0] + RowsPerItem(tensor) - 1) / RowsPerItem(tensor)));

    public static (int First, int End) Rows(Tensor tensor, int item)
    {
        int rows = RowsPerItem(tensor);
        return (item * rows, (int)Math.Min(tensor.Shape[0], (item + 1L) * rows));
    }
}

internal readonly unsafe struct NormJob(RowKernels kernels, Tensor input, Tensor? delta, Tensor weight, float epsilon, Tensor output) : IParallelJob
{
    public int Items => RowBlocks.Items(input);

    public void Execute(int item, int worker)
    {
        (int first, int end) = RowBlocks.Rows(input, item);
        int width = (int)input.Shape[1];
        for (long row = first; row < end; row++)
        {
            float* source = (float*)input.Pointer + row * width;
            if (delta is { } added)
            {
                kernels.Add(source, (float*)added.Pointer + row * width, width);
            }

            kernels.RmsNorm(source, (float*)weight.Pointer, epsilon, (float*)output.Pointer + row * width, width);
        }
    }
}

internal readonly unsafe struct SwiGluJob(RowKernels kernels, Tensor gateUp, Tensor output) : IParallelJob
{
    public int Items => RowBlocks.Items(gateUp);

    public void Execute(int item, int worker)
    {
        (int first, int end) = RowBlocks.Rows(gateUp, item);
        int width = (int)output.Shape[1];
        for (long row = first; row < end; row++)
        {
            float* gate = (float*)gateUp.Pointer + row * 2 * width;
            kernels.SwiGlu(gate, gate + width, (float*)output.Pointer + row * width, width);
        }
    }
}

/// <summary>Looks up embedding rows and widens them.</summary>
internal readonly unsafe struct EmbedJob(Tensor table, Tensor tokens, Tensor output) : IParallelJob
{
    public int Items => RowBlocks.Items(output);

    public void Execute(int item, int worker)
    {
        (int first, int end) = RowBlocks.Rows(output, item);
        int width = (int)output.Shape[1];
        for (long row = first; row < end; row++)
        {
            int token = ((int*)tokens.Pointer)[row];
            if ((uint)token >= (ulong)table.Shape[0])
            {
                throw new ArgumentException($"token {token} of a vocabulary of {table.Shape[0]}");
            }

            Widen(token * (long)width, (float*)output.Pointer + row * width, width);
        }
    }

    private void Widen(long source, float* destination, int width)
    {
        for (int i = 0; i < width; i++)
        {
            destination[i] = table.Type switch
            {
                DType.F32 => ((float*)table.Pointer)[source + i],
                DType.F16 => (float)((Half*)table.Pointer)[source + i],
                DType.BF16 => FloatFormats.FromBFloat16(((ushort*)table.Pointer)[source + i]),
                DType other => throw new NotSupportedException($"an embedding table of {other.Name()}"),
            };
        }
    }
}
