// The arithmetic of attention, the same for prefill and decode: one warp takes 16 query rows (tokens x the heads that share a key-value head)
// and a split of SPLIT keys, both products on tensor cores, softmax online in steps of 16 keys. Splits are folded in order. A row's bits depend on its
// own query and keys alone: not on the rows beside it, nor on whether a prefill, a later chunk or a decode step computes it.
// Constants: ELEMENT, HEAD_DIM (even), PAGE_SIZE. Keys, values: [pages, kv_heads, PAGE_SIZE, HEAD_DIM].
//
// No shared memory: fragments come from global memory directly. The dimensions are permuted (alike in q and k) so that a lane's share of a key is
// a vector of neighbouring elements; of a value row lane g owns neighbouring dimensions, paired over keys by byte permutes.
#pragma once
#include "common.cuh"
constexpr int split_keys = 128;
constexpr int dims = (HEAD_DIM + 15) / 16 * 16;                     // padded with zeros
constexpr int steps = dims / 16, columns = dims / 8;                // mma over k; tiles of 8 output dimensions
constexpr int key_vector = dims % 32 == 0 ? 8 : 4;                  // elements of a key row that a lane loads at once
constexpr int value_vector = dims % 64 == 0 ? 8 : dims % 32 == 0 ? 4 : 2;
constexpr float nothing = -1e30f;                                   // the maximum of no scores

// The pages of one sequence, seen by one key-value head.
struct KvPages {
    const ELEMENT *keys, *values;                                   // both from this head's first row on
    const int* table;
    int kv_heads;
    INLINE size_t row(int key) const { return ((size_t)table[key / PAGE_SIZE] * kv_heads * PAGE_SIZE + key % PAGE_SIZE) * HEAD_DIM; }
};

// COUNT elements from dimension d on as words; zeros past HEAD_DIM, and for a null row.
template <int COUNT> INLINE void load_dims(const ELEMENT* row, int d, u32* words) {
    if (HEAD_DIM % COUNT == 0) {
        Vector<u32, COUNT / 2> v = {};
        if (row && d < HEAD_DIM) v = *(const Vector<u32, COUNT / 2>*)(row + d);
#pragma unroll
        for (int i = 0; i < COUNT / 2; i++) words[i] = v.v[i];
    } else {
#pragma unroll
        for (int i = 0; i < COUNT; i += 2) words[i / 2] = row && d + i < HEAD_DIM ? *(const u32*)(row + d + i) : 0;
    }
}

// A row of queries or keys as the halves of k that this lane holds: words 2s and 2s + 1 belong to mma step s.
INLINE void load_row(const ELEMENT* row, int t, u32 (&words)[2 * steps]) {
#pragma unroll
    for (int unit = 0; unit < dims / (4 * key_vector); unit++)
        load_dims<key_vector>(row, (unit * 4 + t) * key_vector, words + unit * (key_vector / 2));
}

struct Queries {
    u32 a[steps][4];
    int visible[2];                                                 // keys that rows g and g + 8 see; 0 for a row that is not there
    INLINE void load(const ELEMENT* first, const ELEMENT* second, int t) {
        u32 words[2][2 * steps];
        load_row(first, t, words[0]);
        load_row(second, t, words[1]);
#pragma unroll
        for (int s = 0; s < steps; s++)
#pragma unroll
            for (int i = 0; i < 4; i++) a[s][i] = words[i % 2][2 * s + i / 2];
    }
};

// What a warp knows of its rows after some keys: maximum, sum of exponentials and weighted values, of rows g ([0], [..][0..1]) and g + 8.
struct Partial {
    float maximum[2], sum[2], value[columns][4];
    INLINE void clear() {
        for (int r = 0; r < 2; r++) maximum[r] = nothing, sum[r] = 0;
#pragma unroll
        for (int n = 0; n < columns; n++)
#pragma unroll
            for (int i = 0; i < 4; i++) value[n][i] = 0;
    }
};

// The one formula that puts two parts of a sum together when the maximum moves.
INLINE float fold(float so_far, float keep, float part, float add) { return fmaf(so_far, keep, __fmul_rn(part, add)); }

// Largest of the four lanes that share a row; their sum.
INLINE float row_max(float v) {
    v = fmaxf(v, __shfl_xor_sync(ALL_LANES, v, 1));
    return fmaxf(v, __shfl_xor_sync(ALL_LANES, v, 2));
}
INLINE float row_sum(float v) {
    v += __shfl_xor_sync(ALL_LANES, v, 1);
    return v + __shfl_xor_sync(ALL_LANES, v, 2);
}

// scores[half] += q . k for the 8 keys from first_key + 8 half on. Keys from limit on may not exist.
INLINE void multiply_keys(const Queries& q, const KvPages& pages, int first_key, int limit, int g, int t, float (&scores)[2][4]) {
#pragma unroll
    for (int h = 0; h < 2; h++) {
        const int key = first_key + 8 * h + g;
        u32 words[2 * steps];
        load_row(key < limit ? pages.keys + pages.row(key) : nullptr, t, words);
#pragma unroll
        for (int s = 0; s < steps; s++) mma<ELEMENT>(scores[h], q.a[s], words + 2 * s);
    }
}

// value += p . v for the 16 keys from first_key on; p: probabilities as the "a" fragment.
INLINE void multiply_values(const u32 (&p)[4], const KvPages& pages, int first_key, int limit, int g, int t, float (&value)[columns][4]) {
    const ELEMENT* rows[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const int key = first_key + 2 * t + i % 2 + i / 2 * 8;
        rows[i] = key < limit ? pages.values + pages.row(key) : nullptr;
    }
#pragma unroll
    for (int block = 0; block < columns / value_vector; block++) {
        u32 words[4][value_vector / 2];
#pragma unroll
        for (int i = 0; i < 4; i++) load_dims<value_vector>(rows[i], (block * 8 + g) * value_vector, words[i]);
#pragma unroll
        for (int j = 0; j < value_vector; j++) {
            u32 b[2];
#pragma unroll
            for (int i = 0; i < 2; i++) {
                const u32 even = words[2 * i][j / 2], odd = words[2 * i + 1][j / 2];
                b[i] = j % 2 ? pack_high_halves(even, odd) : pack_low_halves(even, odd);
            }
            mma<ELEMENT>(value[block * value_vector + j], p, b);
        }
    }
}

// One step: the 16 keys from first_key on. scale: softmax scale * log2(e).
INLINE void attend_step(const Queries& q, const KvPages& pages, int first_key, int limit, float scale, Partial& part) {
    const int lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
    float scores[2][4] = {};
    multiply_keys(q, pages, first_key, limit, g, t, scores);
    u32 p[4];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        float top = nothing, s[4], e[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const int key = first_key + i / 2 * 8 + 2 * t + i % 2;
            s[i] = key < q.visible[r] ? scores[i / 2][2 * r + i % 2] * scale : nothing;
            top = fmaxf(top, s[i]);
        }
        const float best = fmaxf(part.maximum[r], row_max(top)), keep = exp2f(part.maximum[r] - best);
#pragma unroll
        for (int i = 0; i < 4; i++) e[i] = s[i] > nothing ? exp2f(s[i] - best) : 0.0f;
        part.sum[r] = fmaf(part.sum[r], keep, (e[0] + e[1]) + (e[2] + e[3]));
        part.maximum[r] = best;
#pragma unroll
        for (int n = 0; n < columns; n++) part.value[n][2 * r] *= keep, part.value[n][2 * r + 1] *= keep;
        p[r] = pack<ELEMENT>(e[0], e[1]);
        p[r + 2] = pack<ELEMENT>(e[2], e[3]);
    }
    multiply_values(p, pages, first_key, limit, g, t, part.value);
}

// A whole split; keys from limit (the most that any of the warp's rows sees) on are not read.
INLINE void attend_split(const Queries& q, const KvPages& pages, int split, int limit, float scale, Partial& part) {
    part.clear();
    const int end = min(limit, (split + 1) * split_keys);
#pragma unroll 1
    for (int key = split * split_keys; key < end; key += 16) attend_step(q, pages, key, end, scale, part);
    for (int r = 0; r < 2; r++) part.sum[r] = row_sum(part.sum[r]);
}

// The dimension of part.value[n][i] in this lane.
INLINE int dimension_of(int n, int i, int t) { return (n / value_vector * 8 + 2 * t + i % 2) * value_vector + n % value_vector; }
