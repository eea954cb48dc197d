namespace Numina.Cuda.Backends.Cpu;

/// <summary>Multiplies one block of panels by all rows, tile after tile.</summary>
internal readonly unsafe struct MultiplyJob(
    MatMulKernels kernels, PackedWeight weight, int firstPart, float* packed, int rows, float* output, int panels, int block) : IParallelJob
{
    private const int MostTotals = 12 * PackedPart.PanelWidth;

    public void Execute(int item, int worker)
    {
        float* totals = stackalloc float[MostTotals];
        int end = Math.Min(panels, (item + 1) * block);
        for (int row = 0; row < rows;)
        {
            int tile = kernels.TileFor(rows - row), atOnce = kernels.PanelsAtOnce(tile);
            float* x = packed + (long)row * weight.InFeatures;
            int at = firstPart, firstPanel = 0;
            for (int panel = item * block, count; panel < end; panel += count)
            {
                while (panel - firstPanel >= weight.Parts[at].Panels)
                {
                    firstPanel += weight.Parts[at++].Panels;
                }

                PackedPart part = weight.Parts[at];
                count = Math.Min(atOnce, Math.Min(end, firstPanel + part.Panels) - panel);
                new Span<float>(totals, count * tile * PackedPart.PanelWidth).Clear();
                kernels.Multiply(part, part.Panel(panel - firstPanel), count, x, tile, totals);
                for (int i = 0; i < count; i++)
                {
                    Store(part, panel - firstPanel + i, row, Math.Min(tile, rows - row), totals + i * tile * PackedPart.PanelWidth);
                }
            }

            row += tile;
        }
    }

    private void Store(PackedPart part, int panel, int row, int count, float* totals)
    {
        int width = Math.Min(PackedPart.PanelWidth, part.Outputs - panel * PackedPart.PanelWidth);
        int column = part.FirstOutput + panel * PackedPart.PanelWidth;
        for (int r = 0; r < count; r++)
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
