using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Register tiles of attention: several query rows share each load of a key or value.</summary>
internal static unsafe class AttentionTiles<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Eight rows, queries [HeadDim][8], by sixteen keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores8(float* queries, float* keys, int pageSize, int headDim, float* scores, long stride)
    {
        T a = default, b = default, c = default, d = default;
        T e = default, f = default, g = default, h = default;
        for (int i = 0; i < headDim; i++, keys += pageSize, queries += 8)
        {
            T key = T.Load(keys);
            a = T.MultiplyAdd(key, T.Broadcast(queries[0]), a);
            b = T.MultiplyAdd(key, T.Broadcast(queries[1]), b);
            c = T.MultiplyAdd(key, T.Broadcast(queries[2]), c);
            d = T.MultiplyAdd(key, T.Broadcast(queries[3]), d);
            e = T.MultiplyAdd(key, T.Broadcast(queries[4]), e);
            f = T.MultiplyAdd(key, T.Broadcast(queries[5]), f);
            g = T.MultiplyAdd(key, T.Broadcast(queries[6]), g);
            h = T.MultiplyAdd(key, T.Broadcast(queries[7]), h);
        }

        a.Store(scores);
        b.Store(scores + stride);
        c.Store(scores + 2 * stride);
        d.Store(scores + 3 * stride);
        e.Store(scores + 4 * stride);
        f.Store(scores + 5 * stride);
        g.Store(scores + 6 * stride);
        h.Store(scores + 7 * stride);
    }

    /// <summary>Four rows, queries [HeadDim][4], by sixteen keys.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores4(float* queries, float* keys, int pageSize, int headDim, float* scores, long stride)
    {
        T a = default, b = default, c = default, d = default;
        for (int i = 0; i < headDim; i++, keys += pageSize, queries += 4)
        {
            T key = T.Load(keys);
            a = T.MultiplyAdd(key, T.Broadcast(queries[0]), a);
            b = T.MultiplyAdd(key, T.Broadcast(queries[1]), b);
            c = T.MultiplyAdd(key, T.Broadcast(queries[2]), c);
            d = T.MultiplyAdd(key, T.Broadcast(queries[3]), d);
        }

        a.Store(scores);
        b.Store(scores + stride);
        c.Store(scores + 2 * stride);
        d.Store(scores + 3 * stride);
    }

    /// <summary>Four rows by 32 elements from <paramref name="from"/> on; returns 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Values4x2(float* weights, long stride, in HeadPages pages, int first, int end, int from, float* sums, int width)
    {
        sums += from;
        T a0 = T.Load(sums), a1 = T.Load(sums + 16);
        T b0 = T.Load(sums + width), b1 = T.Load(sums + width + 16);
        T c0 = T.Load(sums + 2 * width), c1 = T.Load(sums + 2 * width + 16);
        T d0 = T.Load(sums + 3 * width), d1 = T.Load(sums + 3 * width + 16);
        while (first < end)
        {
            int pageEnd = Math.Min(end, first + pages.PageSize - first % pages.PageSize);
            for (float* value = pages.Value(first) + from; first < pageEnd; first++, value += pages.HeadDim)
            {
                T v0 = T.Load(value), v1 = T.Load(value + 16);
                T weight = T.Broadcast(weights[first]);
                a0 = T.MultiplyAdd(v0, weight, a0);
                a1 = T.MultiplyAdd(v1, weight, a1);
                weight = T.Broadcast(weights[first + stride]);
                b0 = T.MultiplyAdd(v0, weight, b0);
                b1 = T.MultiplyAdd(v1, weight, b1);
                weight = T.Broadcast(weights[first + 2 * stride]);
                c0 = T.MultiplyAdd(v0, weight, c0);
                c1 = T.MultiplyAdd(v1, weight, c1);
                weight = T.Broadcast(weights[first + 3 * stride]);
                d0 = T.MultiplyAdd(v0, weight, d0);
                d1 = T.MultiplyAdd(v1, weight, d1);
            }
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        b0.Store(sums + width);
        b1.Store(sums + width + 16);
        c0.Store(sums + 2 * width);
        c1.Store(sums + 2 * width + 16);
        d0.Store(sums + 3 * width);
        d1.Store(sums + 3 * width + 16);
        return 32;
    }

    /// <summary>Four rows by 16 elements from <paramref name="from"/> on; returns 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Values4x1(float* weights, long stride, in HeadPages pages, int first, int end, int from, float* sums, int width)
    {
        sums += from;
        T a = T.Load(sums);
        T b = T.Load(sums + width);
        T c = T.Load(sums + 2 * width);
        T d = T.Load(sums + 3 * width);
        while (first < end)
        {
            int pageEnd = Math.Min(end, first + pages.PageSize - first % pages.PageSize);
            for (float* value = pages.Value(first) + from; first < pageEnd; first++, value += pages.HeadDim)
            {
                T v = T.Load(value);
                a = T.MultiplyAdd(v, T.Broadcast(weights[first]), a);
                b = T.MultiplyAdd(v, T.Broadcast(weights[first + stride]), b);
                c = T.MultiplyAdd(v, T.Broadcast(weights[first + 2 * stride]), c);
                d = T.MultiplyAdd(v, T.Broadcast(weights[first + 3 * stride]), d);
            }
        }

        a.Store(sums);
        b.Store(sums + width);
        c.Store(sums + 2 * width);
        d.Store(sums + 3 * width);
        return 16;
    }

    /// <summary>One row by 64 elements from <paramref name="from"/> on; returns 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Values1x4(float* weights, in HeadPages pages, int first, int end, int from, float* sums)
    {
        sums += from;
        T a0 = T.Load(sums), a1 = T.Load(sums + 16), a2 = T.Load(sums + 32), a3 = T.Load(sums + 48);
        while (first < end)
        {
            int pageEnd = Math.Min(end, first + pages.PageSize - first % pages.PageSize);
            for (float* value = pages.Value(first) + from; first < pageEnd; first++, value += pages.HeadDim)
            {
                T weight = T.Broadcast(weights[first]);
                a0 = T.MultiplyAdd(T.Load(value), weight, a0);
                a1 = T.MultiplyAdd(T.Load(value + 16), weight, a1);
                a2 = T.MultiplyAdd(T.Load(value + 32), weight, a2);
                a3 = T.MultiplyAdd(T.Load(value + 48), weight, a3);
            }
        }

        a0.Store(sums);
        a1.Store(sums + 16);
        a2.Store(sums + 32);
        a3.Store(sums + 48);
        return 64;
    }

    /// <summary>One row by 16 elements from <paramref name="from"/> on; returns 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Values1x1(float* weights, in HeadPages pages, int first, int end, int from, float* sums)
    {
        sums += from;
        T a = T.Load(sums);
        while (first < end)
        {
            int pageEnd = Math.Min(end, first + pages.PageSize - first % pages.PageSize);
            for (float* value = pages.Value(first) + from; first < pageEnd; first++, value += pages.HeadDim)
            {
                T weight = T.Broadcast(weights[first]);
                a = T.MultiplyAdd(T.Load(value), weight, a);
            }
        }

        a.Store(sums);
        return 16;
    }
}
