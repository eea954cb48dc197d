using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// Register tiles for instruction sets with 32 wide registers: up to 12 rows by one panel. x is [K][rows]; totals [rows][32] are added to.
/// The number of rows changes which outputs are computed side by side, never how one is summed.
/// </summary>
internal static unsafe class WideTiles<T, TDecoder> where T : unmanaged, ILanes<T> where TDecoder : struct, IPanelDecoder<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows12(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            T a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            T e0 = default, e1 = default, f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default;
            T i0 = default, i1 = default, j0 = default, j1 = default, k0 = default, k1 = default, l0 = default, l1 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, x += 12)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
                MultiplyAdd(w0, w1, x[1], ref b0, ref b1);
                MultiplyAdd(w0, w1, x[2], ref c0, ref c1);
                MultiplyAdd(w0, w1, x[3], ref d0, ref d1);
                MultiplyAdd(w0, w1, x[4], ref e0, ref e1);
                MultiplyAdd(w0, w1, x[5], ref f0, ref f1);
                MultiplyAdd(w0, w1, x[6], ref g0, ref g1);
                MultiplyAdd(w0, w1, x[7], ref h0, ref h1);
                MultiplyAdd(w0, w1, x[8], ref i0, ref i1);
                MultiplyAdd(w0, w1, x[9], ref j0, ref j1);
                MultiplyAdd(w0, w1, x[10], ref k0, ref k1);
                MultiplyAdd(w0, w1, x[11], ref l0, ref l1);
            }

            group.Accumulate(totals, a0, a1);
            group.Accumulate(totals + 32, b0, b1);
            group.Accumulate(totals + 64, c0, c1);
            group.Accumulate(totals + 96, d0, d1);
            group.Accumulate(totals + 128, e0, e1);
            group.Accumulate(totals + 160, f0, f1);
            group.Accumulate(totals + 192, g0, g1);
            group.Accumulate(totals + 224, h0, h1);
            group.Accumulate(totals + 256, i0, i1);
            group.Accumulate(totals + 288, j0, j1);
            group.Accumulate(totals + 320, k0, k1);
            group.Accumulate(totals + 352, l0, l1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows8(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            T a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            T e0 = default, e1 = default, f0 = default, f1 = default, g0 = default, g1 = default, h0 = default, h1 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, x += 8)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
                MultiplyAdd(w0, w1, x[1], ref b0, ref b1);
                MultiplyAdd(w0, w1, x[2], ref c0, ref c1);
                MultiplyAdd(w0, w1, x[3], ref d0, ref d1);
                MultiplyAdd(w0, w1, x[4], ref e0, ref e1);
                MultiplyAdd(w0, w1, x[5], ref f0, ref f1);
                MultiplyAdd(w0, w1, x[6], ref g0, ref g1);
                MultiplyAdd(w0, w1, x[7], ref h0, ref h1);
            }

            group.Accumulate(totals, a0, a1);
            group.Accumulate(totals + 32, b0, b1);
            group.Accumulate(totals + 64, c0, c1);
            group.Accumulate(totals + 96, d0, d1);
            group.Accumulate(totals + 128, e0, e1);
            group.Accumulate(totals + 160, f0, f1);
            group.Accumulate(totals + 192, g0, g1);
            group.Accumulate(totals + 224, h0, h1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            T a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, x += 4)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
                MultiplyAdd(w0, w1, x[1], ref b0, ref b1);
                MultiplyAdd(w0, w1, x[2], ref c0, ref c1);
                MultiplyAdd(w0, w1, x[3], ref d0, ref d1);
            }

            group.Accumulate(totals, a0, a1);
            group.Accumulate(totals + 32, b0, b1);
            group.Accumulate(totals + 64, c0, c1);
            group.Accumulate(totals + 96, d0, d1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            T a0 = default, a1 = default, b0 = default, b1 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, x += 2)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
                MultiplyAdd(w0, w1, x[1], ref b0, ref b1);
            }

            group.Accumulate(totals, a0, a1);
            group.Accumulate(totals + 32, b0, b1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows1(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            T a0 = default, a1 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, x++)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
            }

            group.Accumulate(totals, a0, a1);
        }
    }

    /// <summary>Two rows by two panels, so that no multiply-add waits for the one before. totals are [2][2][32].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows2By2(PackedPart part, byte* at, float* x, float* totals)
    {
        byte* other = at + part.PanelBytes;
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            var otherGroup = new PanelGroup<T>(part, ref other);
            T a0 = default, a1 = default, a2 = default, a3 = default;
            T b0 = default, b1 = default, b2 = default, b3 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, other += TDecoder.Bytes, x += 2)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                T w2 = TDecoder.First(other, otherGroup.FirstZeros), w3 = TDecoder.Second(other, otherGroup.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
                MultiplyAdd(w2, w3, x[0], ref a2, ref a3);
                MultiplyAdd(w0, w1, x[1], ref b0, ref b1);
                MultiplyAdd(w2, w3, x[1], ref b2, ref b3);
            }

            group.Accumulate(totals, a0, a1);
            group.Accumulate(totals + 32, b0, b1);
            otherGroup.Accumulate(totals + 64, a2, a3);
            otherGroup.Accumulate(totals + 96, b2, b3);
        }
    }

    /// <summary>One row by two panels, so that no multiply-add waits for the one before. totals are [2][1][32].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows1By2(PackedPart part, byte* at, float* x, float* totals)
    {
        byte* other = at + part.PanelBytes;
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            var otherGroup = new PanelGroup<T>(part, ref other);
            T a0 = default, a1 = default, a2 = default, a3 = default;
            for (byte* end = at + size * TDecoder.Bytes; at < end; at += TDecoder.Bytes, other += TDecoder.Bytes, x++)
            {
                T w0 = TDecoder.First(at, group.FirstZeros), w1 = TDecoder.Second(at, group.SecondZeros);
                T w2 = TDecoder.First(other, otherGroup.FirstZeros), w3 = TDecoder.Second(other, otherGroup.SecondZeros);
                MultiplyAdd(w0, w1, x[0], ref a0, ref a1);
                MultiplyAdd(w2, w3, x[0], ref a2, ref a3);
            }

            group.Accumulate(totals, a0, a1);
            otherGroup.Accumulate(totals + 32, a2, a3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyAdd(T w0, T w1, float x, ref T sum0, ref T sum1)
    {
        T all = T.Broadcast(x);
        sum0 = T.MultiplyAdd(w0, all, sum0);
        sum1 = T.MultiplyAdd(w1, all, sum1);
    }
}
