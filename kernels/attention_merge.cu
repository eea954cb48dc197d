// attention_merge: folds the partial results of attention_decode in the order of the splits, exactly as attention_prefill does in registers.
// partials [S * heads, splits, HEAD_DIM + 2] fp32; output [T, heads * HEAD_DIM] of ELEMENT: the rows of the sequences with one query token.
// Grid: (heads, S). Block: 32. Bytes: the partials once.
#include "attention.cuh"
struct AttentionMerge { const float* partials; ELEMENT* output; const int* query_starts; const int* context_lengths; int heads, splits; };
CHECK_PARAMS(AttentionMerge);

KERNEL(attention_merge, 32, AttentionMerge) {
    const int head = blockIdx.x, sequence = blockIdx.y, start = p.query_starts[sequence];
    if (p.query_starts[sequence + 1] - start != 1) return;
    const float* part = p.partials + ((size_t)sequence * p.heads + head) * p.splits * (HEAD_DIM + 2);
    const int splits = (p.context_lengths[sequence] + split_keys - 1) / split_keys;
    constexpr int own = (HEAD_DIM + 31) / 32;
    float maximum = nothing, sum = 0, value[own] = {};
    for (int split = 0; split < splits; split++, part += HEAD_DIM + 2) {
        const float best = fmaxf(maximum, part[HEAD_DIM]), keep = exp2f(maximum - best), add = exp2f(part[HEAD_DIM] - best);
        maximum = best;
        sum = fold(sum, keep, part[HEAD_DIM + 1], add);
#pragma unroll
        for (int i = 0; i < own; i++) {
            const int d = i * 32 + threadIdx.x;
            if (d < HEAD_DIM) value[i] = fold(value[i], keep, part[d], add);
        }
    }
    ELEMENT* output = p.output + ((size_t)start * p.heads + head) * HEAD_DIM;
#pragma unroll
    for (int i = 0; i < own; i++) {
        const int d = i * 32 + threadIdx.x;
        if (d < HEAD_DIM) output[d] = from_float<ELEMENT>(value[i] / sum);
    }
}
