using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>One thread's scratch memory in attention: a tile's queries, sums and scores.</summary>
internal readonly struct AttentionScratch(int headDim, int maxContext)
{
    /// <summary>The most rows of a tile.</summary>
    public const int MaxRows = 8;

    /// <summary>HeadDim rounded up to whole lanes.</summary>
    public int Width => (headDim + Lanes.Count - 1) / Lanes.Count * Lanes.Count;

    /// <summary>Elements from a row of scores to the next: not a power of two, so that rows do not fight for one cache set.</summary>
    public long ScoresStride => (maxContext + 2 * Lanes.Count) / Lanes.Count * Lanes.Count + (maxContext % 1024 < 512 ? Lanes.Count : 0);

    public long Floats => MaxRows * (2 * Width + ScoresStride);
}

/// <summary>
/// Attention of one sequence, one key-value head and a block of tokens an item. The query rows of an item, token after token and within one its heads that share
/// the key-value head, go through in tiles.
/// </summary>
internal readonly unsafe struct AttentionJob(
    AttentionKernels kernels, Tensor qkv, int heads, float scale, Tensor keys, Tensor values, AttentionBatch batch, Tensor output, float* scratch,
    AttentionScratch layout) : IParallelJob
{
    private const int BlockTokens = 16;

    private int KvHeads { get; } = (int)keys.Shape[1];

    private int PageSize { get; } = (int)keys.Shape[2];

    private int HeadDim { get; } = (int)keys.Shape[3];

    private int HeadsPerKvHead { get; } = heads / (int)keys.Shape[1];

    private int Blocks { get; } = (batch.MaxQueryLength + BlockTokens - 1) / BlockTokens;

    private long QkvWidth { get; } = qkv.Shape[1];

    public int Items => batch.Sequences * KvHeads * Blocks;

    public void Execute(int item, int worker)
    {
        // The last blocks see the most keys: they go first, so that no thread is left with one at the end.
        int block = Blocks - 1 - item / (batch.Sequences * KvHeads);
        int sequence = item / KvHeads % batch.Sequences, kvHead = item % KvHeads;
        int start = ((int*)batch.QueryStarts.Pointer)[sequence], end = ((int*)batch.QueryStarts.Pointer)[sequence + 1];
        int first = start + block * BlockTokens;
        if (first >= end)
        {
            return;
        }

        nint headBytes = (nint)PageSize * HeadDim * kvHead * sizeof(float);
        nint pageRow = batch.PageTable.Pointer + (nint)(sequence * batch.PageTable.Shape[1] * sizeof(int));
        var pages = new HeadPages(keys.Pointer + headBytes, values.Pointer + headBytes, pageRow, (long)KvHeads * PageSize * HeadDim, PageSize, HeadDim);

        // Token t sees t + context keys of its sequence, itself included.
        int context = ((int*)batch.ContextLengths.Pointer)[sequence] - end + 1;
        int rows = (Math.Min(end, first + BlockTokens) - first) * HeadsPerKvHead;
        for (int row = 0; row < rows;)
        {
            int tile = kernels.TileFor(rows - row);
            Tile(pages, kvHead, first * HeadsPerKvHead + row, Math.Min(tile, rows - row), tile, context, scratch + worker * layout.Floats);
            row += tile;
        }
    }

    /// <summary><paramref name="count"/> rows from <paramref name="firstRow"/>, which counts tokens times heads of the key-value head.</summary>
    private void Tile(in HeadPages pages, int kvHead, int firstRow, int count, int tile, int context, float* memory)
    {
        float* queries = memory, sums = queries + AttentionScratch.MaxRows * layout.Width, scores = sums + AttentionScratch.MaxRows * layout.Width;
        for (int r = 0; r < count; r++)
        {
            float* query = (float*)qkv.Pointer + Token(firstRow + r) * QkvWidth + Head(kvHead, firstRow + r) * HeadDim;
            for (int d = 0; d < HeadDim; d++)
            {
                queries[d * tile + r] = query[d];
            }
        }

        int shared = Token(firstRow) + context, longest = Token(firstRow + count - 1) + context;
        kernels.Scores(queries, tile, pages, longest, scores, layout.ScoresStride);
        float* factors = stackalloc float[AttentionScratch.MaxRows];
        for (int r = 0; r < count; r++)
        {
            factors[r] = 1 / kernels.Exponentials(scores + r * layout.ScoresStride, Token(firstRow + r) + context, scale);
        }

        new Span<float>(sums, tile * layout.Width).Clear();
        kernels.AddValues(scores, layout.ScoresStride, tile, pages, 0, shared, sums);
        for (int r = 0; r < count; r++)
        {
            // Later tokens of the tile see a few keys more than its first.
            int token = Token(firstRow + r);
            kernels.AddValues(scores + r * layout.ScoresStride, 0, 1, pages, shared, token + context, sums + r * layout.Width);
            kernels.Scale(sums + r * layout.Width, factors[r], (float*)output.Pointer + ((long)token * heads + Head(kvHead, firstRow + r)) * HeadDim, HeadDim);
        }
    }

    private int Token(int row) => row / HeadsPerKvHead;

    private int Head(int kvHead, int row) => kvHead * HeadsPerKvHead + row % HeadsPerKvHead;
}
