// repack_quantized: brings a checkpoint's codes of BITS 4 or 8 into the packed layout (packed_weights.cuh).
// INTERLEAVED 0 (GPTQ): words [K * BITS / 32, N], lowest bits first along K. INTERLEAVED 1 (AWQ): words [K, N / 8], eight codes along N in the nibble
// order 0 4 1 5 2 6 3 7. Row first_row + i of the packed matrix, i < packed_rows, is row source_rows[i] or, where that is -1, codes 0; a null source_rows is the
// identity. slots [32 * tiles]: the input feature of each slot or -1 (code 0); null: the identity.
// Grid: (ceil(packed_rows / 128), tiles). Block: 128: a thread a row, so that a warp reads neighbouring words. Runs once at load.
#include "packed_weights.cuh"
struct RepackQuantized { const u32* source; u32* packed; const int* slots; const int* source_rows; int rows, columns, first_row, tiles, packed_rows; };
CHECK_PARAMS(RepackQuantized);

INLINE u32 code_at(const RepackQuantized& p, int row, int slot) {
    const int k = p.slots ? p.slots[slot] : slot < p.columns ? slot : -1;
    if (k < 0 || row < 0) return 0;
    if (INTERLEAVED) {
        const int n = row % 8, nibble = n / 2 + n % 2 * 4;
        return p.source[(size_t)k * (p.rows / 8) + row / 8] >> 4 * nibble & 15;
    }
    return p.source[(size_t)(k / slots_per_word) * p.rows + row] >> BITS * (k % slots_per_word) & ((1 << BITS) - 1);
}

KERNEL(repack_quantized, 128, RepackQuantized) {
    const int packed_row = blockIdx.x * 128 + threadIdx.x, tile = blockIdx.y;
    if (packed_row >= p.packed_rows) return;
    const int row = p.source_rows ? p.source_rows[packed_row] : packed_row;
    for (int i = 0; i < words_per_row; i++) {
        const PackedWord word = packed_word(p.first_row + packed_row, tile, p.tiles, i);
        u32 packed = 0;
        for (int j = 0; j < slots_per_word; j++) {
            // 8 bits: in order. 4 bits: the pair q = j / 2 goes to the nibbles q and q + 4.
            const int place = BITS == 8 ? j : j / 2 + j % 2 * 4;
            packed |= code_at(p, row, tile * tile_slots + word.slot + j) << BITS * place;
        }
        p.packed[word.at] = packed;
    }
}
