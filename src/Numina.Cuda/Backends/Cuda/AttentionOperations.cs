using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

public sealed partial class CudaBackend
{
    private const int WarpRows = 16;
    private const int WarpsPerBlock = 4;
    private const int SplitKeys = 128;

    /// <summary>Bytes of scratch memory that decode steps of so many sequences come to need: the splits of each head's sums, before they are merged.</summary>
    public static long AttentionWorkspace(int sequences, int heads, int headDim, int contextLength) =>
        (long)sequences * heads * Ceiling(contextLength, SplitKeys) * (headDim + 2) * sizeof(float);

    public void RopeStoreKv(Tensor qkv, int heads, Tensor cosSin, in AttentionBatch batch, Tensor keys, Tensor values)
    {
        ExpectActivations(qkv);
        ExpectActivations(keys);
        int kvHeads = (int)keys.Shape[1];
        _kernels.Get<RopeStoreKvParams>("rope_store_kv", _element).Launch(
            new LaunchShape(batch.Tokens, heads + 2 * kvHeads, 1, 32),
            new RopeStoreKvParams
            {
                Qkv = qkv.Pointer,
                CosSin = cosSin.Pointer,
                RopeRows = batch.RopeRows.Pointer,
                Slots = batch.Slots.Pointer,
                Keys = keys.Pointer,
                Values = values.Pointer,
                Heads = heads,
                KvHeads = kvHeads,
                HeadDim = (int)keys.Shape[3],
                PageSize = (int)keys.Shape[2],
            });
    }

    /// <summary>
    /// Sequences with several query tokens go to the prefill kernel, those with one to the decode kernels; both give the same bits, so the choice is one of speed alone.
    /// </summary>
    public void Attention(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output)
    {
        ExpectActivations(qkv);
        ExpectActivations(keys);
        if (batch.MaxQueryLength > 1)
        {
            Prefill(qkv, heads, scale, keys, values, batch, output);
        }

        if (batch.Tokens < (long)batch.MaxQueryLength * batch.Sequences || batch.MaxQueryLength == 1)
        {
            Decode(qkv, heads, scale, keys, values, batch, output);
        }
    }

    private void Prefill(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output)
    {
        int kvHeads = (int)keys.Shape[1];
        long rows = (long)batch.MaxQueryLength * (heads / kvHeads);
        _kernels.Get<AttentionPrefillParams>("attention_prefill", _element, ("HEAD_DIM", keys.Shape[3]), ("PAGE_SIZE", keys.Shape[2])).Launch(
            new LaunchShape(Ceiling(rows, WarpRows * WarpsPerBlock), kvHeads, batch.Sequences, WarpsPerBlock * 32),
            new AttentionPrefillParams
            {
                Qkv = qkv.Pointer,
                Keys = keys.Pointer,
                Values = values.Pointer,
                Output = output.Pointer,
                QueryStarts = batch.QueryStarts.Pointer,
                ContextLengths = batch.ContextLengths.Pointer,
                PageTable = batch.PageTable.Pointer,
                Scale = scale,
                Heads = heads,
                KvHeads = kvHeads,
                QkvStride = (int)qkv.Shape[1],
                TableWidth = (int)batch.PageTable.Shape[1],
            });
    }

    private void Decode(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output)
    {
        int kvHeads = (int)keys.Shape[1], headDim = (int)keys.Shape[3], group = heads / kvHeads, splits = Ceiling(batch.MaxContextLength, SplitKeys);
        int groups = batch.PrefixGroups.Shape.Rank == 0 ? 0 : (int)batch.PrefixGroups.Shape[0];
        var parameters = new AttentionDecodeParams
        {
            Qkv = qkv.Pointer,
            Keys = keys.Pointer,
            Values = values.Pointer,
            Partials = _partials.Reserve(AttentionWorkspace(batch.Sequences, heads, headDim, batch.MaxContextLength)),
            QueryStarts = batch.QueryStarts.Pointer,
            ContextLengths = batch.ContextLengths.Pointer,
            PageTable = batch.PageTable.Pointer,
            PrefixGroups = batch.PrefixGroups.Pointer,
            Scale = scale,
            Heads = heads,
            KvHeads = kvHeads,
            QkvStride = (int)qkv.Shape[1],
            TableWidth = (int)batch.PageTable.Shape[1],
            Splits = splits,
            Groups = groups,
        };
        (string, object) dim = ("HEAD_DIM", headDim), page = ("PAGE_SIZE", keys.Shape[2]);
        foreach (int shared in groups == 0 ? [0] : new[] { 1, 0 })
        {
            int sequences = shared == 1 ? groups : batch.Sequences;
            parameters.RowTiles = Ceiling((shared == 1 ? batch.Sequences : 1L) * group, WarpRows);
            _kernels.Get<AttentionDecodeParams>("attention_decode", _element, dim, page, ("SHARED", shared)).Launch(
                new LaunchShape(Ceiling(splits, WarpsPerBlock), kvHeads * parameters.RowTiles, sequences, WarpsPerBlock * 32), parameters);
        }

        _kernels.Get<AttentionMergeParams>("attention_merge", _element, dim, page).Launch(
            new LaunchShape(heads, batch.Sequences, 1, 32),
            new AttentionMergeParams
            {
                Partials = parameters.Partials,
                Output = output.Pointer,
                QueryStarts = batch.QueryStarts.Pointer,
                ContextLengths = batch.ContextLengths.Pointer,
                Heads = heads,
                Splits = splits,
            });
    }
}
