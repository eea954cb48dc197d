using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// The steps of attention for a tile of query rows. A score is one chain of multiply-adds over the head's elements, an output element one chain over the
/// keys, both in ascending order: the bits of a query's result depend on nothing but the query and its keys.
/// </summary>
internal abstract unsafe class AttentionKernels
{
    /// <summary>Rows of the tile that takes <paramref name="left"/> rows or the first of them.</summary>
    public abstract int TileFor(int left);

    /// <summary>
    /// scores[r][j] = query r . key j for keys 0 .. count - 1. queries are [HeadDim][rows] with rows of <see cref="TileFor"/>. Writes up to 15 elements more a row.
    /// </summary>
    public abstract void Scores(float* queries, int rows, in HeadPages pages, int count, float* scores, long stride);

    /// <summary>In place: e^(scale * (score - largest)). Returns the sum. Writes up to 15 elements more.</summary>
    public abstract float Exponentials(float* scores, int count, float scale);

    /// <summary>sums[r] += sum of weights[r][j] * value[j] for keys first .. end - 1. sums are [rows][HeadDim rounded up to 16].</summary>
    public abstract void AddValues(float* weights, long stride, int rows, in HeadPages pages, int first, int end, float* sums);

    /// <summary>output = sums * factor.</summary>
    public abstract void Scale(float* sums, float factor, float* output, int width);
}

/// <inheritdoc/>
/// <param name="wide">There are registers for tiles of 8 rows.</param>
internal sealed unsafe class AttentionKernels<T>(bool wide) : AttentionKernels where T : unmanaged, ILanes<T>
{
    public override int TileFor(int left) => left == 1 ? 1 : left > 4 && wide ? 8 : 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scores(float* queries, int rows, in HeadPages pages, int count, float* scores, long stride)
    {
        if (rows == 1)
        {
            ScoresOfOne(queries, pages, count, scores);
            return;
        }

        for (int at = 0; at < count; at = pages.NextBlock(at))
        {
            if (rows == 8)
            {
                AttentionTiles<T>.Scores8(queries, pages.Key(at), pages.PageSize, pages.HeadDim, scores + at, stride);
            }
            else
            {
                AttentionTiles<T>.Scores4(queries, pages.Key(at), pages.PageSize, pages.HeadDim, scores + at, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Exponentials(float* scores, int count, float scale)
    {
        for (int i = count; i % Lanes.Count != 0; i++)
        {
            scores[i] = float.NegativeInfinity;
        }

        T most = T.Broadcast(float.NegativeInfinity);
        for (int i = 0; i < count; i += Lanes.Count)
        {
            most = T.Max(most, T.Load(scores + i));
        }

        T largest = T.Broadcast(most.Largest());
        T factor = T.Broadcast(scale);
        T sum = default;
        for (int i = 0; i < count; i += Lanes.Count)
        {
            T weight = Lanes.Exp((T.Load(scores + i) - largest) * factor);
            weight.Store(scores + i);
            sum += weight;
        }

        return sum.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddValues(float* weights, long stride, int rows, in HeadPages pages, int first, int end, float* sums)
    {
        int width = (pages.HeadDim + Lanes.Count - 1) / Lanes.Count * Lanes.Count;
        for (int row = 0; row < rows; row += rows == 1 ? 1 : 4)
        {
            float* from = weights + row * stride;
            float* to = sums + row * width;
            for (int d = 0; d < width;)
            {
                int lanes = (width - d) / Lanes.Count;
                if (rows == 1)
                {
                    d += lanes >= 4
                        ? AttentionTiles<T>.Values1x4(from, pages, first, end, d, to)
                        : AttentionTiles<T>.Values1x1(from, pages, first, end, d, to);
                }
                else
                {
                    d += lanes >= 2 && wide
                        ? AttentionTiles<T>.Values4x2(from, stride, pages, first, end, d, to, width)
                        : AttentionTiles<T>.Values4x1(from, stride, pages, first, end, d, to, width);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(float* sums, float factor, float* output, int width)
    {
        T factors = T.Broadcast(factor);
        int d = 0;
        for (; d + Lanes.Count <= width; d += Lanes.Count)
        {
            (T.Load(sums + d) * factors).Store(output + d);
        }

        for (; d < width; d++)
        {
            output[d] = sums[d] * factor;
        }
    }

    /// <summary>Four blocks of keys side by side: one row alone would wait for each multiply-add. Past the end the last block is computed again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoresOfOne(float* query, in HeadPages pages, int count, float* scores)
    {
        for (int at = 0; at < count;)
        {
            int second = InRange(pages.NextBlock(at), at, count);
            int third = InRange(pages.NextBlock(second), second, count);
            int fourth = InRange(pages.NextBlock(third), third, count);
            T a = default, b = default, c = default, d = default;
            float* keyA = pages.Key(at), keyB = pages.Key(second), keyC = pages.Key(third), keyD = pages.Key(fourth);
            for (int i = 0, offset = 0; i < pages.HeadDim; i++, offset += pages.PageSize)
            {
                T all = T.Broadcast(query[i]);
                a = T.MultiplyAdd(T.Load(keyA + offset), all, a);
                b = T.MultiplyAdd(T.Load(keyB + offset), all, b);
                c = T.MultiplyAdd(T.Load(keyC + offset), all, c);
                d = T.MultiplyAdd(T.Load(keyD + offset), all, d);
            }

            // Ascending, for a block at a page's end writes over the next one's place.
            a.Store(scores + at);
            b.Store(scores + second);
            c.Store(scores + third);
            d.Store(scores + fourth);
            at = pages.NextBlock(fourth);
        }
    }

    private static int InRange(int next, int last, int count) => next < count ? next : last;
}
