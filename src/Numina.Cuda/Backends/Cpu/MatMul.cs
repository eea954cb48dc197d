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

/// <summary>Copies input rows into tiles [K][tile rows], features in packed order; rows past the last are left as they are and ignored.</summary>
internal readonly unsafe struct PackRowsJob(MatMulKernels kernels, float* input, float* packed, int rows, int width, int[]? order) : IParallelJob
{
    private int LargestTile => kernels.TileRows[^1];

    /// <summary>One for each tile.</summary>
    public int Items => (rows + LargestTile - 1) / LargestTile;

    public void Execute(int item, int worker)
    {
        int first = item * LargestTile;
        int tile = kernels.TileFor(rows - first);
        int count = Math.Min(tile, rows - first);
        float* destination = packed + (long)first * width;
        for (int r = 0; r < count; r++)
        {
            float* source = input + (long)(first + r) * width;
            for (int k = 0; k < width; k++)
            {
                destination[(long)k * tile + r] = source[order == null ? k : order[k]];
            }
        }
    }
}

/// <summary>Multiplies one block of panels by all rows, tile after tile.</summary>
internal readonly unsafe struct MultiplyJob(
    MatMulKernels kernels, PackedWeight weight, int firstPart, float* packed, int rows, float* output, int panels, int block) : IParallelJob
{
    public void Execute(int item, int worker)
    {
        int end = Math.Min(panels, (item + 1) * block);
        for (int row = 0; row < rows;)
        {
            int tile = kernels.TileFor(rows - row);
            float* x = packed + (long)row * weight.InFeatures;
            int at = firstPart;
            int firstPanel = 0;
            for (int panel = item * block; panel < end; panel++)
            {
                while (panel - firstPanel >= weight.Parts[at].Panels)
                {
                    firstPanel += weight.Parts[at++].Panels;
                }

                Multiply(weight.Parts[at], panel - firstPanel, x, row, tile);
            }

            row += tile;
        }
    }

    private void Multiply(PackedPart part, int panel, float* x, int row, int tile)
    {
        float* totals = stackalloc float[tile * PackedPart.PanelWidth];
        new Span<float>(totals, tile * PackedPart.PanelWidth).Clear();
        kernels.Multiply(part, (byte*)part.Data.Pointer + panel * part.PanelBytes, x, tile, totals);
        int width = Math.Min(PackedPart.PanelWidth, part.Outputs - panel * PackedPart.PanelWidth);
        int column = part.FirstOutput + panel * PackedPart.PanelWidth;
        for (int r = 0; r < Math.Min(tile, rows - row); r++)
        {
            float* destination = output + (long)(row + r) * weight.OutFeatures + column;
            new ReadOnlySpan<float>(totals + r * PackedPart.PanelWidth, width).CopyTo(new Span<float>(destination, width));
            for (int n = 0; weight.Bias != null && n < width; n++)
            {
                destination[n] += weight.Bias[column + n];
            }
        }
    }
}
