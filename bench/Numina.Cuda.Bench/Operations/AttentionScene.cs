using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Bench.Operations;

/// <summary>
/// Sequences whose keys and values lie in pages, ready for attention alone. What a token is depends on its sequence and position only, so that a scene of some of the sequences on
/// another backend holds the same ones. Owns the cache.
/// </summary>
internal sealed class AttentionScene : IDisposable
{
    // How far the tokens of neighbouring sequences are apart in the palette.
    private const int Stagger = 7;
    private readonly OperationShape _shape;
    private readonly BenchTensors _tensors;
    private readonly int[] _sequences;
    private readonly int[][] _pages;
    private readonly int _context, _sharedTokens, _palettePerToken;
    private readonly bool _grouped;
    private readonly float[] _palette;

    /// <param name="backend">Where.</param>
    /// <param name="shape">Heads and widths.</param>
    /// <param name="layers">Caches filled alike: as many as it takes to overrun the device's own cache.</param>
    /// <param name="sequences">Which sequences, by number.</param>
    /// <param name="context">Tokens of each.</param>
    /// <param name="shared">First tokens that are the same for all; only whole pages count.</param>
    /// <param name="grouped">Pages of the shared tokens exist once and attention is told so; else each sequence has its own.</param>
    public AttentionScene(IBackend backend, OperationShape shape, int layers, int[] sequences, int context, int shared, bool grouped)
    {
        const int pageSize = OperationShape.PageSize;
        (_shape, _sequences, _context) = (shape, sequences, context);
        int sharedPages = shared / pageSize, pagesEach = (context + pageSize - 1) / pageSize;
        _sharedTokens = sharedPages * pageSize;
        _grouped = grouped && sharedPages > 0;
        int common = _grouped ? sharedPages : 0, own = pagesEach - common;
        _pages = [.. sequences.Select((_, i) => Enumerable.Range(0, common).Concat(Enumerable.Range(common + i * own, own)).ToArray())];
        _palettePerToken = (shape.Config.Heads + 2 * shape.Config.KvHeads) * shape.Config.HeadDim;
        _palette = BenchTensors.Numbers(3, (long)(context + Stagger * (sequences.Max() + 1)) * _palettePerToken);
        _tensors = new BenchTensors(backend);
        Cache = new KvCache(backend, new KvLayout(layers, common + sequences.Length * own, pageSize, shape.Config.KvHeads, shape.Config.HeadDim, backend.KvType));
        Fill(layers);
    }

    public KvCache Cache { get; }

    /// <summary>Bytes of keys and values of one layer that attention over everything must read.</summary>
    public double CachedBytes
    {
        get
        {
            long common = _grouped ? _sharedTokens : 0;
            double perToken = 2.0 * _shape.Config.KvHeads * _shape.Config.HeadDim * Cache.Layout.Type.ByteSize();
            return (common + _sequences.Length * (_context - common)) * perToken;
        }
    }

    /// <summary>Tokens that ask: the last <paramref name="count"/> of the first <paramref name="context"/> of the i-th sequence of the scene.</summary>
    internal readonly record struct Query(int Index, int Context, int Count);

    /// <summary>A step in which those tokens ask, with their rows [T, (heads + 2 kvHeads) headDim].</summary>
    public (AttentionBatch Batch, Tensor Qkv) Ask(IReadOnlyList<Query> queries)
    {
        (int Index, int Position)[] tokens = [.. queries.SelectMany(query => Enumerable.Range(query.Context - query.Count, query.Count).Select(position => (query.Index, position)))];
        float[] rows = new float[(long)tokens.Length * _palettePerToken];
        for (int t = 0; t < tokens.Length; t++)
        {
            _palette.AsSpan(PaletteRow(tokens[t].Index, tokens[t].Position) * _palettePerToken, _palettePerToken).CopyTo(rows.AsSpan(t * _palettePerToken));
        }

        return (Batch(queries, tokens), _tensors.Activations(rows, _palettePerToken));
    }

    public void Dispose()
    {
        _tensors.Dispose();
        Cache.Dispose();
    }

    private int PaletteRow(int index, int position) => position < _sharedTokens ? position : position + Stagger * (_sequences[index] + 1);

    private AttentionBatch Batch(IReadOnlyList<Query> queries, (int Index, int Position)[] tokens)
    {
        const int pageSize = OperationShape.PageSize;
        int[] groups = _grouped && queries.Count > 1 ? [0, queries.Count, _sharedTokens / pageSize] : [];
        return new AttentionBatch
        {
            Sequences = queries.Count,
            Tokens = tokens.Length,
            MaxQueryLength = queries.Max(query => query.Count),
            MaxContextLength = queries.Max(query => query.Context),
            QueryStarts = _tensors.Integers([0, .. queries.Select((_, i) => queries.Take(i + 1).Sum(query => query.Count))]),
            ContextLengths = _tensors.Integers([.. queries.Select(query => query.Context)]),
            PageTable = _tensors.Integers([.. queries.SelectMany(query => _pages[query.Index])], new Shape(queries.Count, _pages[0].Length)),
            Slots = _tensors.Integers([.. tokens.Select(token => _pages[token.Index][token.Position / pageSize] * pageSize + token.Position % pageSize)]),
            // The one row of the fill's rope table.
            RopeRows = _tensors.Integers(new int[tokens.Length]),
            PrefixGroups = _tensors.Integers(groups, new Shape(groups.Length / 3, 3)),
        };
    }

    /// <summary>Stores every token's key and value by a rotation of nothing, which leaves the rows as they are.</summary>
    private void Fill(int layers)
    {
        using var passing = new BenchTensors(_tensors.Backend);
        int half = _shape.Config.HeadDim / 2;
        Tensor still = _tensors.Floats([.. Enumerable.Repeat(1f, half), .. new float[half]], new Shape(1, 2 * half));
        Tensor palette = passing.Activations(_palette, _palettePerToken);
        for (int i = 0; i < _sequences.Length; i++)
        {
            Store(new Query(i, _sharedTokens, _sharedTokens));
            Store(new Query(i, _context, _context - _sharedTokens));
        }

        void Store(Query query)
        {
            if (query.Count == 0)
            {
                return;
            }

            Tensor rows = palette.Rows(PaletteRow(query.Index, query.Context - query.Count), query.Count);
            AttentionBatch batch = Batch([query], [.. Enumerable.Range(query.Context - query.Count, query.Count).Select(position => (query.Index, position))]);
            for (int layer = 0; layer < layers; layer++)
            {
                _tensors.Backend.RopeStoreKv(rows, _shape.Config.Heads, still, batch, Cache.Keys(layer), Cache.Values(layer));
            }
        }
    }
}
