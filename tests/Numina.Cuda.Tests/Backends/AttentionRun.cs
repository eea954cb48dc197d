using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Backends;

/// <summary>Feeds sequences through RopeStoreKv and Attention of one layer, pages scattered over the pool.</summary>
internal sealed class AttentionRun(CpuOptions options, int heads, int kvHeads, int headDim, int pageSize)
{
    private const int MostTokens = 128;
    private readonly int _width = (heads + 2 * kvHeads) * headDim;

    private CpuOptions Options => options;

    private int Heads => heads;

    private int KvHeads => kvHeads;

    private int HeadDim => headDim;

    private int PageSize => pageSize;

    private int PagesPerSequence => (MostTokens + pageSize - 1) / pageSize;

    /// <summary>One sequence in steps of the given lengths.</summary>
    public float[] Steps(float[] qkv, int length, int[] steps)
    {
        using var layer = new Layer(this, sequences: 1);
        var output = new List<float>();
        int done = 0;
        foreach (int step in steps)
        {
            output.AddRange(layer.Step(qkv[(done * _width)..((done + step) * _width)], [step], [done + step], [Pages(0)]));
            done += step;
        }

        Assert.That(done, Is.EqualTo(length));
        return [.. output];
    }

    /// <summary>A prefix once, then all tails in one step on the prefix's pages.</summary>
    public float[] SharedPrefix(float[] prefix, int shared, float[][] tails, int own)
    {
        using var layer = new Layer(this, tails.Length);
        layer.Step(prefix, [shared], [shared], [Pages(0)]);
        int sharedPages = shared / pageSize;
        int[][] pages = [.. tails.Select((_, s) => Pages(0).Take(sharedPages).Concat(Pages(s).Skip(sharedPages)).ToArray())];
        int tokensInFullPages = sharedPages * pageSize;
        if (tokensInFullPages < shared)
        {
            // The last, partly filled page is each sequence's own: its tokens are stored again.
            float[] rest = prefix[(tokensInFullPages * _width)..];
            foreach (int[] table in pages)
            {
                layer.Step(rest, [shared - tokensInFullPages], [shared], [table]);
            }
        }

        return layer.Step([.. tails.SelectMany(tail => tail)], [.. tails.Select(_ => own)], [.. tails.Select(_ => shared + own)], pages);
    }

    private int[] Pages(int sequence) => [.. Enumerable.Range(0, PagesPerSequence).Select(p => sequence * PagesPerSequence + (PagesPerSequence - 1 - p))];

    private sealed class Layer : IDisposable
    {
        private readonly AttentionRun _run;
        private readonly CpuBackend _backend;
        private readonly KvCache _cache;

        public Layer(AttentionRun run, int sequences)
        {
            _run = run;
            _backend = new CpuBackend(run.Options);
            _cache = new KvCache(_backend, new KvLayout(1, sequences * run.PagesPerSequence, run.PageSize, run.KvHeads, run.HeadDim, _backend.KvType));
        }

        public float[] Step(float[] qkv, int[] lengths, int[] contexts, int[][] pages)
        {
            using var tensors = new HostTensors(_backend);
            int tokens = lengths.Sum();
            int[] positions = [.. lengths.SelectMany((n, s) => Enumerable.Range(contexts[s] - n, n))];
            int[] owners = [.. lengths.SelectMany((n, s) => Enumerable.Repeat(s, n))];
            int[] starts = [0, .. lengths.Select((_, s) => lengths.Take(s + 1).Sum())];
            var batch = new AttentionBatch
            {
                Sequences = lengths.Length, Tokens = tokens, MaxQueryLength = lengths.Max(), MaxContextLength = contexts.Max(),
                QueryStarts = tensors.Put(starts), ContextLengths = tensors.Put(contexts), RopeRows = tensors.Put(positions),
                PageTable = tensors.Put(DType.I32, new Shape(pages.Length, pages[0].Length), pages.SelectMany(p => p).ToArray()),
                Slots = tensors.Put([.. positions.Select((p, t) => pages[owners[t]][p / _run.PageSize] * _run.PageSize + p % _run.PageSize)]),
                PrefixGroups = tensors.Put(DType.I32, new Shape(0, 3), Array.Empty<int>()),
            };
            Tensor input = tensors.Put(new Shape(tokens, _run._width), qkv);
            Tensor output = tensors.Zeros(tokens, _run.Heads * _run.HeadDim);
            _backend.RopeStoreKv(input, _run.Heads, tensors.Put(new Shape(MostTokens, _run.HeadDim), RopeTable()), batch, _cache.Keys(0), _cache.Values(0));
            _backend.Attention(input, _run.Heads, 1 / MathF.Sqrt(_run.HeadDim), _cache.Keys(0), _cache.Values(0), batch, output);
            return tensors.Get(output);
        }

        public void Dispose()
        {
            _cache.Dispose();
            _backend.Dispose();
        }

        private float[] RopeTable()
        {
            int half = _run.HeadDim / 2;
            float[] table = new float[MostTokens * _run.HeadDim];
            for (int i = 0; i < MostTokens * half; i++)
            {
                double angle = AttentionReference.Angle(i / half, i % half, _run.HeadDim);
                table[i / half * _run.HeadDim + i % half] = (float)Math.Cos(angle);
                table[i / half * _run.HeadDim + half + i % half] = (float)Math.Sin(angle);
            }

            return table;
        }
    }
}
