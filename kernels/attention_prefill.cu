// attention_prefill: output[t] = softmax(scale q k^T) v for the sequences that have more than one query token; causal, grouped heads, paged.
// qkv [T, qkv_stride] of ELEMENT: queries first; output [T, heads * HEAD_DIM]; query_starts [S + 1], context_lengths [S], page_table [S, table_width].
// Grid: (ceil(most query tokens * group / 64), kv_heads, S) with group = heads / kv_heads. Block: 128: a warp 16 rows (row = token * group + head).
// Each warp folds its splits of 128 keys one after the other (attention.cuh). Flops: 4 T heads context HEAD_DIM; keys and values are read once a 16 rows.
// Tolerance: probabilities are rounded to ELEMENT.
#include "attention.cuh"
struct AttentionPrefill {
    const ELEMENT* qkv; const ELEMENT* keys; const ELEMENT* values; ELEMENT* output;
    const int* query_starts; const int* context_lengths; const int* page_table;
    float scale; int heads, kv_heads, qkv_stride, table_width;
};
CHECK_PARAMS(AttentionPrefill);

INLINE void fold_split(Partial& total, const Partial& part) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
        const float best = fmaxf(total.maximum[r], part.maximum[r]);
        const float keep = exp2f(total.maximum[r] - best), add = exp2f(part.maximum[r] - best);
        total.maximum[r] = best;
        total.sum[r] = fold(total.sum[r], keep, part.sum[r], add);
#pragma unroll
        for (int n = 0; n < columns; n++)
#pragma unroll
            for (int i = 2 * r; i < 2 * r + 2; i++) total.value[n][i] = fold(total.value[n][i], keep, part.value[n][i], add);
    }
}

KERNEL(attention_prefill, 128, AttentionPrefill) {
    const int sequence = blockIdx.z, kv_head = blockIdx.y, group = p.heads / p.kv_heads;
    const int start = p.query_starts[sequence], tokens = p.query_starts[sequence + 1] - start;
    const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4, first_row = (blockIdx.x * 4 + threadIdx.x / 32) * 16;
    if (tokens < 2 || first_row >= tokens * group) return;          // the whole warp; one token: attention_decode

    const int before = p.context_lengths[sequence] - tokens;
    Queries q;
    const ELEMENT* rows[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        const int row = first_row + 8 * r + g, token = row / group, head = kv_head * group + row % group;
        const bool exists = token < tokens;
        q.visible[r] = exists ? before + token + 1 : 0;
        rows[r] = exists ? p.qkv + (size_t)(start + token) * p.qkv_stride + head * HEAD_DIM : nullptr;
    }
    q.load(rows[0], rows[1], t);
    const int* table = p.page_table + (size_t)sequence * p.table_width;
    const size_t head_rows = (size_t)kv_head * PAGE_SIZE * HEAD_DIM;
    const KvPages pages = {p.keys + head_rows, p.values + head_rows, table, p.kv_heads};
    const int limit = before + min(tokens, (first_row + 15) / group + 1);

    Partial total, part;
    total.clear();
#pragma unroll 1
    for (int split = 0; split * split_keys < limit; split++) {
        attend_split(q, pages, split, limit, p.scale * 1.4426950408889634f, part);
        fold_split(total, part);
    }
#pragma unroll
    for (int r = 0; r < 2; r++) {
        if (!q.visible[r]) continue;
        const int row = first_row + 8 * r + g, token = row / group, head = kv_head * group + row % group;
        ELEMENT* output = p.output + ((size_t)(start + token) * p.heads + head) * HEAD_DIM;
#pragma unroll
        for (int n = 0; n < columns; n++)
#pragma unroll
            for (int i = 2 * r; i < 2 * r + 2; i++) {
                const int d = dimension_of(n, i, t);
                if (d < HEAD_DIM) output[d] = from_float<ELEMENT>(total.value[n][i] / total.sum[r]);
            }
    }
}
