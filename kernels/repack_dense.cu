// repack_dense: brings rows [N, K] of SOURCE (float, half or bfloat16) into the packed layout of 16 bits (packed_weights.cuh), rounded to ELEMENT.
// Row n becomes row first_row + n of the packed matrix. slots [32 * tiles]: the input feature of each slot or -1; null: the identity.
// A finite weight that overflows ELEMENT puts its index n * K + k into overflow, the least one of all (it starts at 2^64 - 1).
// Grid: (ceil(N / 128), tiles). Block: 128: a thread a row. Runs once at load.
#define BITS 16
#include "packed_weights.cuh"
struct RepackDense { const SOURCE* source; u32* packed; const int* slots; u64* overflow; int rows, columns, first_row, tiles; };
CHECK_PARAMS(RepackDense);

INLINE u32 element_at(const RepackDense& p, int row, int slot) {
    const int k = p.slots ? p.slots[slot] : slot < p.columns ? slot : -1;
    if (k < 0) return 0;
    const size_t at = (size_t)row * p.columns + k;
    const float v = to_float(p.source[at]);
    const ELEMENT e = from_float<ELEMENT>(v);
    if (isfinite(v) && !isfinite(to_float(e))) atomicMin(p.overflow, (u64)at);
    return e.bits;
}

KERNEL(repack_dense, 128, RepackDense) {
    const int row = blockIdx.x * 128 + threadIdx.x, tile = blockIdx.y;
    if (row >= p.rows) return;
    for (int i = 0; i < words_per_row; i++) {
        const PackedWord word = packed_word(p.first_row + row, tile, p.tiles, i);
        const int slot = tile * tile_slots + word.slot;
        p.packed[word.at] = element_at(p, row, slot) | element_at(p, row, slot + 1) << 16;
    }
}
