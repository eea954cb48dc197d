// rope_store_kv: rotates queries and keys (halves paired: i with i + head_dim / 2) and stores keys and values in the paged cache.
// qkv [T, (heads + 2 kv_heads) * head_dim], queries and keys rotated in place; cos_sin [rows, head_dim] fp32: cosines, then sines;
// rope_rows, slots [T]; keys, values [pages, kv_heads, page_size, head_dim]; slot = page * page_size + offset.
// Grid: (T, heads + 2 kv_heads). Block: 32. fp32 inside, one rounding. Bytes: about 3 * 2 a element of qkv.
#include "common.cuh"
struct RopeStoreKv {
    ELEMENT* qkv; const float* cos_sin; const int* rope_rows; const int* slots; ELEMENT* keys; ELEMENT* values;
    int heads, kv_heads, head_dim, page_size;
};
CHECK_PARAMS(RopeStoreKv);

KERNEL(rope_store_kv, 32, RopeStoreKv) {
    const int token = blockIdx.x, head = blockIdx.y, pairs = p.head_dim / 2, slot = p.slots[token];
    const bool is_query = head < p.heads, is_value = head >= p.heads + p.kv_heads;
    ELEMENT* x = p.qkv + ((size_t)token * (p.heads + 2 * p.kv_heads) + head) * p.head_dim;
    const int kv_head = is_value ? head - p.heads - p.kv_heads : head - p.heads;
    const size_t page = slot / p.page_size, offset = slot % p.page_size;
    ELEMENT* cell = (is_value ? p.values : p.keys) + ((page * p.kv_heads + kv_head) * p.page_size + offset) * p.head_dim;
    const float* cosines = p.cos_sin + (size_t)p.rope_rows[token] * p.head_dim;
    for (int i = threadIdx.x; i < pairs; i += 32) {
        ELEMENT first = x[i], second = x[i + pairs];
        if (!is_value) {
            const float a = to_float(first), b = to_float(second), c = cosines[i], s = cosines[pairs + i];
            x[i] = first = from_float<ELEMENT>(fmaf(a, c, -(b * s)));
            x[i + pairs] = second = from_float<ELEMENT>(fmaf(b, c, a * s));
        }
        if (!is_query) {
            cell[i] = first;
            cell[i + pairs] = second;
        }
    }
}
