using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.References;

/// <summary>
/// Every operation as its formula reads: scalar loops, double arithmetic, nothing blocked, fused or cached. What the other backends are judged by. Activations and
/// the key-value cache are F32.
/// </summary>
internal unsafe class ReferenceBackend : IBackend
{
    public string Name => "reference (scalar double)";

    public DType ActivationType => DType.F32;

    public DType KvType => DType.F32;

    public Tensors.Buffer Allocate(long byteLength) => new HostBuffer(byteLength);

    public void Upload(Tensor destination, ReadOnlySpan<byte> source) => source.CopyTo(destination.AsBytes());

    public void Download(Span<byte> destination, Tensor source) => source.AsBytes().CopyTo(destination);

    public virtual LinearWeight LoadLinear(IReadOnlyList<WeightMatrix> parts, float[]? bias, LinearOrder order = default) => new ReferenceLinear(parts, bias);

    public Tensors.Buffer LoadTable(Tensor table)
    {
        var copy = new HostBuffer(table.ByteLength);
        table.AsBytes().CopyTo(copy.View(table.Type, table.Shape).AsBytes());
        return copy;
    }

    public void Embed(Tensor table, Tensor tokens, Tensor output)
    {
        for (int t = 0; t < tokens.Count; t++)
        {
            for (int i = 0; i < table.Shape[1]; i++)
            {
                Row(output, t)[i] = (float)ReferenceLinear.Element(table, Integers(tokens)[t] * table.Shape[1] + i);
            }
        }
    }

    public void RmsNorm(Tensor input, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null)
    {
        for (int t = 0; t < input.Shape[0]; t++)
        {
            double squares = 0;
            foreach (float x in Row(input, t))
            {
                squares += (double)x * x;
            }

            double scale = 1 / Math.Sqrt(squares / input.Shape[1] + epsilon);
            for (int i = 0; i < input.Shape[1]; i++)
            {
                Row(output, t)[i] = (float)(Row(input, t)[i] * scale * weight.AsSpan<float>()[i]);
            }
        }
    }

    public void AddRmsNorm(Tensor residual, Tensor delta, Tensor weight, float epsilon, Tensor output, LinearWeight? reader = null)
    {
        for (int i = 0; i < residual.Count; i++)
        {
            residual.AsSpan<float>()[i] += delta.AsSpan<float>()[i];
        }

        RmsNorm(residual, weight, epsilon, output);
    }

    public void MatMul(LinearWeight weight, Tensor input, Tensor output)
    {
        var linear = (ReferenceLinear)weight;
        for (int t = 0; t < input.Shape[0]; t++)
        {
            for (int n = 0; n < linear.OutFeatures; n++)
            {
                Row(output, t)[n] = (float)linear.Dot(n, Row(input, t));
            }
        }
    }

    public void RopeStoreKv(Tensor qkv, int heads, Tensor cosSin, in AttentionBatch batch, Tensor keys, Tensor values)
    {
        int kvHeads = (int)keys.Shape[1], headDim = (int)keys.Shape[3], half = headDim / 2;
        for (int t = 0; t < batch.Tokens; t++)
        {
            Span<float> row = Row(qkv, t), angles = Row(cosSin, Integers(batch.RopeRows)[t]);
            for (int head = 0; head < heads + kvHeads; head++)
            {
                Span<float> x = row.Slice(head * headDim, headDim);
                for (int i = 0; i < half; i++)
                {
                    double a = x[i], b = x[half + i], cosine = angles[i], sine = angles[half + i];
                    x[i] = (float)(a * cosine - b * sine);
                    x[half + i] = (float)(b * cosine + a * sine);
                }
            }

            for (int head = 0; head < kvHeads; head++)
            {
                row.Slice((heads + head) * headDim, headDim).CopyTo(Slot(keys, Integers(batch.Slots)[t], head));
                row.Slice((heads + kvHeads + head) * headDim, headDim).CopyTo(Slot(values, Integers(batch.Slots)[t], head));
            }
        }
    }

    public void Attention(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output)
    {
        int kvHeads = (int)keys.Shape[1], pageSize = (int)keys.Shape[2], headDim = (int)keys.Shape[3], width = (int)batch.PageTable.Shape[1];
        CheckPrefixGroups(batch, pageSize);
        for (int s = 0; s < batch.Sequences; s++)
        {
            int first = Integers(batch.QueryStarts)[s], count = Integers(batch.QueryStarts)[s + 1] - first, table = s * width;
            for (int i = 0; i < count; i++)
            {
                int seen = Integers(batch.ContextLengths)[s] - count + i + 1;
                int[] slots = new int[seen];
                for (int p = 0; p < seen; p++)
                {
                    slots[p] = Integers(batch.PageTable)[table + p / pageSize] * pageSize + p % pageSize;
                }

                for (int head = 0; head < heads; head++)
                {
                    int kvHead = head / (heads / kvHeads);
                    Attend(Row(qkv, first + i).Slice(head * headDim, headDim), scale, keys, values, slots, kvHead, Row(output, first + i).Slice(head * headDim, headDim));
                }
            }
        }
    }

    public void SwiGlu(Tensor gateUp, Tensor output)
    {
        int width = (int)output.Shape[1];
        for (int t = 0; t < output.Shape[0]; t++)
        {
            for (int i = 0; i < width; i++)
            {
                double gate = Row(gateUp, t)[i];
                Row(output, t)[i] = (float)(gate / (1 + Math.Exp(-gate)) * Row(gateUp, t)[width + i]);
            }
        }
    }

    public void GatherRows(Tensor input, Tensor rows, Tensor output)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            Row(input, Integers(rows)[i]).CopyTo(Row(output, i));
        }
    }

    public virtual void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<SampledToken> sampled)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            sampled[i] = ReferenceSampler.Sample(Row(logits, i), rows[i]);
        }
    }

    public void CopyPages(KvCache cache, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        for (int layer = 0; layer < cache.Layout.Layers; layer++)
        {
            for (int i = 0; i < from.Length; i++)
            {
                cache.Keys(layer).Rows(from[i], 1).AsBytes().CopyTo(cache.Keys(layer).Rows(to[i], 1).AsBytes());
                cache.Values(layer).Rows(from[i], 1).AsBytes().CopyTo(cache.Values(layer).Rows(to[i], 1).AsBytes());
            }
        }
    }

    public void Dispose() => GC.SuppressFinalize(this);

    /// <summary>This backend has no use for shared prefixes, but others believe what a batch says of them.</summary>
    private static void CheckPrefixGroups(in AttentionBatch batch, int pageSize)
    {
        ReadOnlySpan<int> groups = Integers(batch.PrefixGroups), tables = Integers(batch.PageTable), starts = Integers(batch.QueryStarts);
        int width = (int)batch.PageTable.Shape[1];
        for (int g = 0; g < groups.Length; g += 3)
        {
            (int first, int sequences, int pages) = (groups[g], groups[g + 1], groups[g + 2]);
            for (int s = first; s < first + sequences; s++)
            {
                int computed = Integers(batch.ContextLengths)[s] - (starts[s + 1] - starts[s]);
                if (sequences < 2 || pages * pageSize > computed || !tables.Slice(s * width, pages).SequenceEqual(tables.Slice(first * width, pages)))
                {
                    throw new ArgumentException($"sequence {s} does not begin with the {pages} pages of its prefix group");
                }
            }
        }
    }

    private static void Attend(ReadOnlySpan<float> query, float scale, Tensor keys, Tensor values, int[] slots, int kvHead, Span<float> output)
    {
        double[] weights = new double[slots.Length];
        for (int p = 0; p < slots.Length; p++)
        {
            ReadOnlySpan<float> key = Slot(keys, slots[p], kvHead);
            for (int i = 0; i < query.Length; i++)
            {
                weights[p] += (double)query[i] * key[i];
            }
        }

        double largest = weights.Max(), sum = 0;
        for (int p = 0; p < slots.Length; p++)
        {
            weights[p] = Math.Exp(scale * (weights[p] - largest));
            sum += weights[p];
        }

        for (int i = 0; i < output.Length; i++)
        {
            double mixed = 0;
            for (int p = 0; p < slots.Length; p++)
            {
                mixed += weights[p] * Slot(values, slots[p], kvHead)[i];
            }

            output[i] = (float)(mixed / sum);
        }
    }

    private static Span<float> Row(Tensor tensor, long row) => new((float*)tensor.Pointer + row * tensor.Shape[1], (int)tensor.Shape[1]);

    private static ReadOnlySpan<int> Integers(Tensor tensor) => tensor.AsSpan<int>();

    /// <summary>The key or value [HeadDim] of one head at a slot of [Pages, KvHeads, PageSize, HeadDim].</summary>
    private static Span<float> Slot(Tensor pages, int slot, int head)
    {
        (int pageSize, int headDim) = ((int)pages.Shape[2], (int)pages.Shape[3]);
        long at = ((slot / pageSize * pages.Shape[1] + head) * pageSize + slot % pageSize) * headDim;
        return new Span<float>((float*)pages.Pointer + at, headDim);
    }
}
