using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>output = input W^T + bias: packs the input rows into tiles, then spreads blocks of panels over the pool. Owns its scratch memory.</summary>
internal sealed unsafe class MatMul(WorkerPool pool, MatMulKernels kernels) : IDisposable
{
    /// <summary>Elements of a panel block, in bytes, that stay in a core's second-level cache while all row tiles pass over them.</summary>
    private const long BlockBytes = 192 << 10;
    private const int ItemsPerThread = 6;
    private HostBuffer _packed = new(0);

    public void Run(PackedWeight weight, Tensor input, Tensor output)
    {
        // Neighbouring parts that want the input features in the same order share one packing.
        for (int first = 0, end; first < weight.Parts.Length; first = end)
        {
            end = first + 1;
            while (end < weight.Parts.Length && weight.Parts[end].Order == weight.Parts[first].Order)
            {
                end++;
            }

            Multiply(weight, first, end, input, output);
        }
    }

    public void Dispose() => _packed.Dispose();

    private void Multiply(PackedWeight weight, int firstPart, int endPart, Tensor input, Tensor output)
    {
        int[]? order = weight.Parts[firstPart].Order;
        int rows = checked((int)input.Shape[0]);
        float* x = (float*)input.Pointer;
        if (rows > 1 || order != null)
        {
            long bytes = (long)PaddedRows(rows) * weight.InFeatures * sizeof(float);
            if (_packed.ByteLength < bytes)
            {
                _packed.Dispose();
                _packed = new HostBuffer(bytes);
            }

            var pack = new PackRowsJob(kernels, x, (float*)_packed.Pointer, rows, weight.InFeatures, order);
            pool.Run(ref pack, pack.Items);
            x = (float*)_packed.Pointer;
        }

        int panels = 0;
        for (int i = firstPart; i < endPart; i++)
        {
            panels += weight.Parts[i].Panels;
        }

        long panelBytes = Math.Max(1, weight.Parts[firstPart].PanelBytes);
        int block = (int)Math.Clamp(Math.Min(BlockBytes / panelBytes, panels / (ItemsPerThread * pool.Threads)), 1, panels);
        var job = new MultiplyJob(kernels, weight, firstPart, x, rows, (float*)output.Pointer, panels, block);
        pool.Run(ref job, (panels + block - 1) / block);
    }

    private int PaddedRows(int rows)
    {
        int padded = 0;
        while (padded < rows)
        {
            padded += kernels.TileFor(rows - padded);
        }

        return padded;
    }
}
