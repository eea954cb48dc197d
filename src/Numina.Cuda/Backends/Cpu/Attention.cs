using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// Rotary embedding, the key-value store and causal attention over pages. Keys lie transposed inside a page, [KvHeads][HeadDim][PageSize], so that
/// neighbouring lanes are neighbouring keys; values as the cache says, [KvHeads][PageSize][HeadDim]. Owns scratch memory for each thread.
/// </summary>
internal sealed unsafe class Attention(WorkerPool pool, RowKernels rows, AttentionKernels kernels) : IDisposable
{
    private HostBuffer _scratch = new(0);

    public void RopeStoreKv(Tensor qkv, int heads, Tensor cosSin, in AttentionBatch batch, Tensor keys, Tensor values)
    {
        var job = new RopeStoreJob(rows, qkv, heads, cosSin, batch, keys, values);
        pool.Run(ref job, job.Items);
    }

    public void Run(Tensor qkv, int heads, float scale, Tensor keys, Tensor values, in AttentionBatch batch, Tensor output)
    {
        var layout = new AttentionScratch((int)keys.Shape[3], batch.MaxContextLength);
        long bytes = layout.Floats * pool.Threads * sizeof(float);
        if (_scratch.ByteLength < bytes)
        {
            _scratch.Dispose();
            _scratch = new HostBuffer(2 * bytes);
        }

        var job = new AttentionJob(kernels, qkv, heads, scale, keys, values, batch, output, (float*)_scratch.Pointer, layout);
        pool.Run(ref job, job.Items);
    }

    public void Dispose() => _scratch.Dispose();
}

/// <summary>Rotates the queries and keys of a block of tokens and stores keys and values.</summary>
internal readonly unsafe struct RopeStoreJob(
    RowKernels kernels, Tensor qkv, int heads, Tensor cosSin, AttentionBatch batch, Tensor keys, Tensor values) : IParallelJob
{
    private const int Block = 4;

    public int Items => (batch.Tokens + Block - 1) / Block;

    public void Execute(int item, int worker)
    {
        int end = Math.Min(batch.Tokens, (item + 1) * Block);
        for (int token = item * Block; token < end; token++)
        {
            RotateAndStore(token);
        }
    }

    private void RotateAndStore(int token)
    {
        int kvHeads = (int)keys.Shape[1], pageSize = (int)keys.Shape[2], headDim = (int)keys.Shape[3];
        float* row = (float*)qkv.Pointer + token * qkv.Shape[1];
        float* cosines = (float*)cosSin.Pointer + ((int*)batch.RopeRows.Pointer)[token] * (long)headDim;
        int slot = ((int*)batch.Slots.Pointer)[token];
        for (int head = 0; head < heads + kvHeads; head++)
        {
            kernels.Rotate(row + head * headDim, cosines, cosines + headDim / 2, headDim / 2);
        }

        for (int head = 0; head < kvHeads; head++)
        {
            long page = ((long)(slot / pageSize) * kvHeads + head) * pageSize * headDim;
            float* key = row + (heads + head) * headDim;
            float* value = row + (heads + kvHeads + head) * headDim;
            float* keyTo = (float*)keys.Pointer + page + slot % pageSize;
            float* valueTo = (float*)values.Pointer + page + slot % pageSize * headDim;
            for (int d = 0; d < headDim; d++)
            {
                keyTo[(long)d * pageSize] = key[d];
                valueTo[d] = value[d];
            }
        }
    }
}
