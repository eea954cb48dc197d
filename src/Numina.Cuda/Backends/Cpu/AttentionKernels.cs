namespace Numina.Cuda.Backends.Cpu;

/// <summary>The key-value pages that one sequence and one key-value head sees.</summary>
/// <param name="Keys">First page of the head, transposed: [HeadDim][PageSize].</param>
/// <param name="Values">First page of the head: [PageSize][HeadDim].</param>
/// <param name="Pages">The sequence's row of the page table.</param>
/// <param name="PageStride">Elements from a page to the next.</param>
/// <param name="PageSize">Tokens of a page.</param>
/// <param name="HeadDim">Elements of a head.</param>
internal readonly unsafe record struct HeadPages(nint Keys, nint Values, nint Pages, long PageStride, int PageSize, int HeadDim)
{
    public float* KeyPage(int page) => (float*)Keys + ((int*)Pages)[page] * PageStride;

    public float* ValuePage(int page) => (float*)Values + ((int*)Pages)[page] * PageStride;
}

/// <summary>
/// The two halves of attention for one query row. A score is one chain of multiply-adds over the head's elements, an output element one chain over the keys,
/// both in ascending order: the bits of a query's result depend on nothing but the query and its keys.
/// </summary>
internal abstract unsafe class AttentionKernels
{
    /// <summary>scores[j] = query . key[j] for keys 0 .. count - 1. Writes up to 15 elements more.</summary>
    public abstract void Scores(float* query, in HeadPages pages, int count, float* scores);

    /// <summary>In place: e^(scale * (score - largest)), divided by nothing yet. Returns the sum.</summary>
    public abstract float Exponentials(float* scores, int count, float scale);

    /// <summary>output = sum of weights[j] * value[j] for keys 0 .. count - 1, times factor.</summary>
    public abstract void WeightedValues(float* weights, in HeadPages pages, int count, float factor, float* output);
}

/// <inheritdoc/>
internal sealed unsafe class AttentionKernels<T> : AttentionKernels where T : unmanaged, ILanes<T>
{
    public override void Scores(float* query, in HeadPages pages, int count, float* scores)
    {
        for (int start = 0, page = 0; start < count; start += pages.PageSize, page++)
        {
            float* keys = pages.KeyPage(page);
            int end = Math.Min(pages.PageSize, count - start);
            for (int j = 0; j < end; j += Lanes.Count)
            {
                T sum = default;
                for (int d = 0; d < pages.HeadDim; d++)
                {
                    sum = T.MultiplyAdd(T.Load(keys + (long)d * pages.PageSize + j), T.Broadcast(query[d]), sum);
                }

                sum.Store(scores + start + j);
            }
        }
    }

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

    public override void WeightedValues(float* weights, in HeadPages pages, int count, float factor, float* output)
    {
        for (int d = 0; d < pages.HeadDim; d += Lanes.Count)
        {
            T sum = default;
            for (int start = 0, page = 0; start < count; start += pages.PageSize, page++)
            {
                float* values = pages.ValuePage(page) + d;
                int end = Math.Min(pages.PageSize, count - start);
                for (int j = 0; j < end; j++)
                {
                    sum = T.MultiplyAdd(T.Load(values + (long)j * pages.HeadDim), T.Broadcast(weights[start + j]), sum);
                }
            }

            sum *= T.Broadcast(factor);
            if (d + Lanes.Count <= pages.HeadDim)
            {
                sum.Store(output + d);
            }
            else
            {
                Lanes.StorePart(sum, output + d, pages.HeadDim - d);
            }
        }
    }
}
