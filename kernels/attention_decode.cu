// attention_decode: the splits of 128 keys of the sequences that have one query token, each into its own partial result (attention_merge folds them).
// qkv [T, qkv_stride] of ELEMENT: queries first; query_starts [S + 1], context_lengths [S], page_table [S, table_width];
// prefix_groups [G, 3]: runs of sequences whose first pages are the same: first sequence, sequences, shared full pages.
// partials [S * heads, splits, HEAD_DIM + 2] fp32: weighted values, maximum (base 2), sum.
// Grid: (ceil(splits / 4), kv_heads * row_tiles, SHARED ? G : S). Block: 128: a warp one split of 16 rows (row = sequence of the run * group + head).
// SHARED 1: the splits that lie wholly in the shared pages of a run, for all of its sequences at once: the prefix is read once, not once a sequence.
// SHARED 0: the other splits of each sequence. The bits are the same either way (attention.cuh). Bytes: the keys and values, once.
#include "attention.cuh"
struct AttentionDecode {
    const ELEMENT* qkv; const ELEMENT* keys; const ELEMENT* values; float* partials;
    const int* query_starts; const int* context_lengths; const int* page_table; const int* prefix_groups;
    float scale; int heads, kv_heads, qkv_stride, table_width, splits, row_tiles, groups;
};
CHECK_PARAMS(AttentionDecode);

struct Run { int first, count, shared_splits; };

INLINE Run prefix_run(const AttentionDecode& p, int i) {
    const int* run = p.prefix_groups + 3 * i;
    return {run[0], run[1], run[2] * PAGE_SIZE / split_keys};
}
INLINE int shared_splits_of(const AttentionDecode& p, int sequence) {
    for (int i = 0; i < p.groups; i++) {
        const Run run = prefix_run(p, i);
        if (sequence >= run.first && sequence < run.first + run.count) return run.shared_splits;
    }
    return 0;
}

KERNEL(attention_decode, 128, AttentionDecode) {
    const int kv_head = blockIdx.y / p.row_tiles, first_row = blockIdx.y % p.row_tiles * 16, group = p.heads / p.kv_heads;
    const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, split = blockIdx.x * 4 + threadIdx.x / 32;
    const Run run = SHARED ? prefix_run(p, blockIdx.z) : Run{(int)blockIdx.z, 1, shared_splits_of(p, blockIdx.z)};
    const bool mine = SHARED ? split < run.shared_splits : split >= run.shared_splits && split * split_keys < p.context_lengths[run.first];
    if (!mine || first_row >= run.count * group) return;            // the whole warp

    Queries q;
    const ELEMENT* rows[2];
    int limit = 0;
#pragma unroll
    for (int r = 0; r < 2; r++) {
        const int row = first_row + 8 * r + g, head = kv_head * group + row % group;
        const int sequence = min(run.first + row / group, run.first + run.count - 1), start = p.query_starts[sequence];
        const bool exists = row < run.count * group && p.query_starts[sequence + 1] - start == 1;
        q.visible[r] = exists ? p.context_lengths[sequence] : 0;
        rows[r] = exists ? p.qkv + (size_t)start * p.qkv_stride + head * HEAD_DIM : nullptr;
        limit = max(limit, q.visible[r]);
    }
    for (int x = 4; x < 32; x *= 2) limit = max(limit, __shfl_xor_sync(ALL_LANES, limit, x));
    q.load(rows[0], rows[1], t);
    const int* table = p.page_table + (size_t)run.first * p.table_width;
    const size_t head_rows = (size_t)kv_head * PAGE_SIZE * HEAD_DIM;
    const KvPages pages = {p.keys + head_rows, p.values + head_rows, table, p.kv_heads};
    Partial part;
    attend_split(q, pages, split, limit, p.scale * 1.4426950408889634f, part);
#pragma unroll
    for (int r = 0; r < 2; r++) {
        if (!q.visible[r]) continue;
        const int row = first_row + 8 * r + g, sequence = run.first + row / group, head = kv_head * group + row % group;
        float* result = p.partials + (((size_t)sequence * p.heads + head) * p.splits + split) * (HEAD_DIM + 2);
        if (t == 0) result[HEAD_DIM] = part.maximum[r], result[HEAD_DIM + 1] = part.sum[r];
#pragma unroll
        for (int n = 0; n < columns; n++)
#pragma unroll
            for (int i = 2 * r; i < 2 * r + 2; i++) {
                const int d = dimension_of(n, i, t);
                if (d < HEAD_DIM) result[d] = part.value[n][i];
            }
    }
}
