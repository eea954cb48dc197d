using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// Register tiles for instruction sets with narrower or fewer registers: up to 6 rows by half a panel at a time, in the summation order of
/// <see cref="WideTiles{T, TDecoder}"/>. x is [K][rows]; totals [rows][32] are added to.
/// </summary>
internal static unsafe class NarrowTiles<T, TDecoder> where T : unmanaged, ILanes<T> where TDecoder : struct, IPanelDecoder<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows6(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            byte* end = at + size * TDecoder.Bytes;
            float* row = x;
            T a = default, b = default, c = default, d = default, e = default, f = default;
            for (byte* from = at; from < end; from += TDecoder.Bytes, row += 6)
            {
                T w = TDecoder.First(from, group.FirstZeros);
                a = T.MultiplyAdd(w, T.Broadcast(row[0]), a);
                b = T.MultiplyAdd(w, T.Broadcast(row[1]), b);
                c = T.MultiplyAdd(w, T.Broadcast(row[2]), c);
                d = T.MultiplyAdd(w, T.Broadcast(row[3]), d);
                e = T.MultiplyAdd(w, T.Broadcast(row[4]), e);
                f = T.MultiplyAdd(w, T.Broadcast(row[5]), f);
            }

            group.AccumulateFirst(totals, a);
            group.AccumulateFirst(totals + 32, b);
            group.AccumulateFirst(totals + 64, c);
            group.AccumulateFirst(totals + 96, d);
            group.AccumulateFirst(totals + 128, e);
            group.AccumulateFirst(totals + 160, f);

            row = x;
            a = b = c = d = e = f = default;
            for (byte* from = at; from < end; from += TDecoder.Bytes, row += 6)
            {
                T w = TDecoder.Second(from, group.SecondZeros);
                a = T.MultiplyAdd(w, T.Broadcast(row[0]), a);
                b = T.MultiplyAdd(w, T.Broadcast(row[1]), b);
                c = T.MultiplyAdd(w, T.Broadcast(row[2]), c);
                d = T.MultiplyAdd(w, T.Broadcast(row[3]), d);
                e = T.MultiplyAdd(w, T.Broadcast(row[4]), e);
                f = T.MultiplyAdd(w, T.Broadcast(row[5]), f);
            }

            group.AccumulateSecond(totals, a);
            group.AccumulateSecond(totals + 32, b);
            group.AccumulateSecond(totals + 64, c);
            group.AccumulateSecond(totals + 96, d);
            group.AccumulateSecond(totals + 128, e);
            group.AccumulateSecond(totals + 160, f);
            at = end;
            x = row;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows4(PackedPart part, byte* at, float* x, float* totals)
    {
        foreach (int size in part.GroupSizes)
        {
            var group = new PanelGroup<T>(part, ref at);
            byte* end = at + size * TDecoder.Bytes;
            float* row = x;
            T a = default, b = default, c = default, d = default;
            for (byte* from = at; from < end; from += TDecoder.Bytes, row += 4)
            {
                T w = TDecoder.First(from, group.FirstZeros);
                a = T.MultiplyAdd(w, T.Broadcast(row[0]), a);
                b = T.MultiplyAdd(w, T.Broadcast(row[1]), b);
                c = T.MultiplyAdd(w, T.Broadcast(row[2]), c);
                d = T.MultiplyAdd(w, T.Broadcast(row[3]), d);
            }

            group.AccumulateFirst(totals, a);
            group.AccumulateFirst(totals + 32, b);
            group.AccumulateFirst(totals + 64, c);
            group.AccumulateFirst(totals + 96, d);

            row = x;
            a = b = c = d = default;
            for (byte* from = at; from < end; from += TDecoder.Bytes, row += 4)
            {
                T w = TDecoder.Second(from, group.SecondZeros);
                a = T.MultiplyAdd(w, T.Broadcast(row[0]), a);
                b = T.MultiplyAdd(w, T.Broadcast(row[1]), b);
                c = T.MultiplyAdd(w, T.Broadcast(row[2]), c);
                d = T.MultiplyAdd(w, T.Broadcast(row[3]), d);
            }

            group.AccumulateSecond(totals, a);
            group.AccumulateSecond(totals + 32, b);
            group.AccumulateSecond(totals + 64, c);
            group.AccumulateSecond(totals + 96, d);
            at = end;
            x = row;
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
                T all = T.Broadcast(x[0]);
                a0 = T.MultiplyAdd(w0, all, a0);
                a1 = T.MultiplyAdd(w1, all, a1);
                all = T.Broadcast(x[1]);
                b0 = T.MultiplyAdd(w0, all, b0);
                b1 = T.MultiplyAdd(w1, all, b1);
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
                T all = T.Broadcast(*x);
                a0 = T.MultiplyAdd(TDecoder.First(at, group.FirstZeros), all, a0);
                a1 = T.MultiplyAdd(TDecoder.Second(at, group.SecondZeros), all, a1);
            }

            group.Accumulate(totals, a0, a1);
        }
    }

    /// <summary>One row by two whole panels, so that no multiply-add waits for the one before. totals are [2][1][32].</summary>
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
                T all = T.Broadcast(*x);
                a0 = T.MultiplyAdd(TDecoder.First(at, group.FirstZeros), all, a0);
                a1 = T.MultiplyAdd(TDecoder.Second(at, group.SecondZeros), all, a1);
                a2 = T.MultiplyAdd(TDecoder.First(other, otherGroup.FirstZeros), all, a2);
                a3 = T.MultiplyAdd(TDecoder.Second(other, otherGroup.SecondZeros), all, a3);
            }

            group.Accumulate(totals, a0, a1);
            otherGroup.Accumulate(totals + 32, a2, a3);
        }
    }
}
