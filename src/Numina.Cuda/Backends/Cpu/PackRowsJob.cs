using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Copies input rows into tiles [K][tile rows], features in packed order; rows past the last are left as they are and ignored.</summary>
internal readonly unsafe struct PackRowsJob(MatMulKernels kernels, float* input, float* packed, int rows, int width, int[]? order) : IParallelJob
{
    private int LargestTile => kernels.TileRows[^1];

    /// <summary>One for each tile.</summary>
    public int Items => (rows + LargestTile - 1) / LargestTile;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Execute(int item, int worker)
    {
        int first = item * LargestTile;
        int tile = kernels.TileFor(rows - first);
        int count = Math.Min(tile, rows - first);
        float* source = input + (long)first * width, destination = packed + (long)first * width;
        int k = order == null ? Transpose(source, destination, tile, count) : 0;
        for (; k < width; k++)
        {
            float* column = source + (order == null ? k : order[k]);
            for (int r = 0; r < count; r++)
            {
                destination[(long)k * tile + r] = column[(long)r * width];
            }
        }
    }

    /// <summary>Four rows by four columns at a time, in registers. Returns the columns done: none when the tile is not whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Transpose(float* source, float* destination, int tile, int count)
    {
        int columns = tile % 4 == 0 && count == tile ? width - width % 4 : 0;
        for (int k = 0; k < columns; k += 4)
        {
            for (int r = 0; r < tile; r += 4)
            {
                float* from = source + (long)r * width + k, to = destination + (long)k * tile + r;
                Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + width);
                Vector128<float> c = Vector128.Load(from + 2L * width), d = Vector128.Load(from + 3L * width);
                (Vector128<float> ac, Vector128<float> bd) = (InterleaveLow(a, c), InterleaveLow(b, d));
                InterleaveLow(ac, bd).Store(to);
                InterleaveHigh(ac, bd).Store(to + tile);
                (ac, bd) = (InterleaveHigh(a, c), InterleaveHigh(b, d));
                InterleaveLow(ac, bd).Store(to + 2 * tile);
                InterleaveHigh(ac, bd).Store(to + 3 * tile);
            }
        }

        return columns;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);
}
