namespace Numina.Cuda.Backends.Cpu;

/// <summary>Multiplies one panel, or two neighbouring ones, by a few packed rows: x [K][rows] in, totals [panels][rows][32] added to.</summary>
internal abstract unsafe class MatMulKernels
{
    /// <summary>Row counts that there are tiles for, ascending.</summary>
    public abstract ReadOnlySpan<int> TileRows { get; }

    /// <summary>Panels that a tile of <paramref name="rows"/> rows can take at once.</summary>
    public abstract int PanelsAtOnce(int rows);

    public abstract void Multiply(PackedPart part, byte* panel, int panels, float* x, int rows, float* totals);

    /// <summary>Rows of the tile that takes the next of <paramref name="left"/> rows: the largest full one, or the smallest that takes all that is left.</summary>
    public int TileFor(int left)
    {
        foreach (int rows in TileRows)
        {
            if (rows >= left)
            {
                return rows;
            }
        }

        return TileRows[^1];
    }
}

/// <summary>The tiles of AVX-512.</summary>
internal sealed unsafe class WideMatMulKernels<T> : MatMulKernels where T : unmanaged, ILanes<T>
{
    public override ReadOnlySpan<int> TileRows => [1, 2, 4, 8, 12];

    public override int PanelsAtOnce(int rows) => rows <= 2 ? 2 : 1;

    public override void Multiply(PackedPart part, byte* panel, int panels, float* x, int rows, float* totals)
    {
        switch (part.Format)
        {
            case PanelFormat.Int8 when part.HasZeros: Multiply<Int8<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Int8: Multiply<SymmetricInt8<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Int4 when part.HasZeros: Multiply<Int4<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Int4: Multiply<SymmetricInt4<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Float16: Multiply<Float16<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.BFloat16: Multiply<BFloat16<T>>(part, panel, panels, x, rows, totals); break;
            default: Multiply<Float32<T>>(part, panel, panels, x, rows, totals); break;
        }
    }

    private static void Multiply<TDecoder>(PackedPart part, byte* panel, int panels, float* x, int rows, float* totals)
        where TDecoder : struct, IPanelDecoder<T>
    {
        switch (rows)
        {
            case 1 when panels == 2: WideTiles<T, TDecoder>.Rows1By2(part, panel, x, totals); break;
            case 1: WideTiles<T, TDecoder>.Rows1(part, panel, x, totals); break;
            case 2 when panels == 2: WideTiles<T, TDecoder>.Rows2By2(part, panel, x, totals); break;
            case 2: WideTiles<T, TDecoder>.Rows2(part, panel, x, totals); break;
            case 4: WideTiles<T, TDecoder>.Rows4(part, panel, x, totals); break;
            case 8: WideTiles<T, TDecoder>.Rows8(part, panel, x, totals); break;
            default: WideTiles<T, TDecoder>.Rows12(part, panel, x, totals); break;
        }
    }
}

/// <summary>The tiles of AVX2 and of 128-bit vectors.</summary>
internal sealed unsafe class NarrowMatMulKernels<T> : MatMulKernels where T : unmanaged, ILanes<T>
{
    public override ReadOnlySpan<int> TileRows => [1, 2, 4, 6];

    public override int PanelsAtOnce(int rows) => rows == 1 ? 2 : 1;

    public override void Multiply(PackedPart part, byte* panel, int panels, float* x, int rows, float* totals)
    {
        switch (part.Format)
        {
            case PanelFormat.Int8 when part.HasZeros: Multiply<Int8<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Int8: Multiply<SymmetricInt8<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Int4 when part.HasZeros: Multiply<Int4<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Int4: Multiply<SymmetricInt4<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.Float16: Multiply<Float16<T>>(part, panel, panels, x, rows, totals); break;
            case PanelFormat.BFloat16: Multiply<BFloat16<T>>(part, panel, panels, x, rows, totals); break;
            default: Multiply<Float32<T>>(part, panel, panels, x, rows, totals); break;
        }
    }

    private static void Multiply<TDecoder>(PackedPart part, byte* panel, int panels, float* x, int rows, float* totals)
        where TDecoder : struct, IPanelDecoder<T>
    {
        switch (rows)
        {
            case 1 when panels == 2: NarrowTiles<T, TDecoder>.Rows1By2(part, panel, x, totals); break;
            case 1: NarrowTiles<T, TDecoder>.Rows1(part, panel, x, totals); break;
            case 2: NarrowTiles<T, TDecoder>.Rows2(part, panel, x, totals); break;
            case 4: NarrowTiles<T, TDecoder>.Rows4(part, panel, x, totals); break;
            default: NarrowTiles<T, TDecoder>.Rows6(part, panel, x, totals); break;
        }
    }
}
