// The one layout of packed weights, shared by the repacking kernels and matmul. W [N, K] of -DBITS 4, 8 (codes) or 16 (elements).
//
// Input features lie in slots: a permutation of K, padded so that every group is a multiple of 32 slots. A tile is 32 rows of W x 32 slots; tiles
// lie slot-first, then down the rows. In a tile lane (g, t) = (lane / 4, lane % 4) owns the rows c * 16 + r * 8 + g (c, r = 0, 1) and the slots 8t .. 8t+7:
// exactly the "a" fragments of its mma instructions, with the slots permuted so that the lane's share of an activation row is 16
// neighbouring bytes. Step s (0, 1) takes the slots 8t + 4s + 2p + {0, 1} in pairs p = 0, 1. A lane has BITS 32-bit words a tile; word i lies at
// (i / 4 * 32 + lane) * 4 + i % 4, so that a warp reads 512 neighbouring bytes an instruction.
//
//   BITS 16: word ((c*2 + s)*2 + r)*2 + p holds the pair p.
//   BITS  8: word (c*2 + s)*2 + r holds the pairs 0 and 1 of step s in its four bytes.
//   BITS  4: word c*2 + r holds all eight slots; pair q = 2s + p in the nibbles q and q + 4.
#pragma once
#include "common.cuh"
constexpr int tile_rows = 32, tile_slots = 32;
constexpr int slots_per_word = 32 / BITS;
constexpr int words_per_row = BITS;                 // of one row of W in one tile

// Word i (0 .. words_per_row - 1) of a row in a tile: which slots it holds, and where it lies.
struct PackedWord {
    int slot;                                       // first slot, in the tile
    size_t at;                                      // index into the packed words
};
INLINE PackedWord packed_word(int row, int tile, int tiles, int i) {
    const int t = i / (words_per_row / 4), within = i % (words_per_row / 4);
    const int c = row % 32 / 16, r = row % 16 / 8, g = row % 8;
    const int s = BITS == 16 ? within / 2 : within, p = within % 2;
    const int word = BITS == 16 ? ((c * 2 + s) * 2 + r) * 2 + p : BITS == 8 ? (c * 2 + s) * 2 + r : c * 2 + r;
    const size_t first = ((size_t)(row / 32) * tiles + tile) * (32 * BITS);
    return {t * 8 + within * slots_per_word, first + (word / 4 * 32 + g * 4 + t) * 4 + word % 4};
}

// The fragments of columns half c and step s, from a lane's words of a tile. zero: of rows g and g + 8, as prepare_zero makes it.
template <class T> struct Unpack;

// 0x6400 | code is the half 1024 + code; taking 1024 + zero off it is exact.
template <> struct Unpack<half> {
    typedef u32 Zero;
    static INLINE Zero prepare_zero(int zero) { return (0x6400 + zero) * 0x10001u; }
    static INLINE u32 pair4(u32 word, int q, Zero zero) { return subtract_halves((word >> 4 * q & 0x000f000fu) | 0x64006400u, zero); }
    static INLINE u32 pair8(u32 word, int p, Zero zero) { return subtract_halves(__byte_perm(word, 0x64646464u, p ? 0x4342 : 0x4140), zero); }
};

// 0x4b000000 | code is the float 2^23 + code; code - zero has at most 9 bits and so fits bfloat16's 8 (256 is a power of two).
template <> struct Unpack<bfloat16> {
    typedef float Zero;
    static INLINE Zero prepare_zero(int zero) { return (float)(8388608 + zero); }
    static INLINE u32 difference(u32 code, Zero zero) { return __float_as_uint(__uint_as_float(0x4b000000u | code) - zero); }
    static INLINE u32 pair4(u32 word, int q, Zero zero) {
        return pack_high_halves(difference(word >> 4 * q & 15, zero), difference(word >> (4 * q + 16) & 15, zero));
    }
    static INLINE u32 pair8(u32 word, int p, Zero zero) {
        return pack_high_halves(difference(word >> 16 * p & 255, zero), difference(word >> (16 * p + 8) & 255, zero));
    }
};

template <class T> INLINE void unpack(const u32* words, int c, int s, const typename Unpack<T>::Zero* zero, u32* a) {
#pragma unroll
    for (int p = 0; p < 2; p++)
#pragma unroll
        for (int r = 0; r < 2; r++) {
            if (BITS == 16) a[2 * p + r] = words[((c * 2 + s) * 2 + r) * 2 + p];
            else if (BITS == 8) a[2 * p + r] = Unpack<T>::pair8(words[((c * 2 + s) * 2 + r) % BITS], p, zero[r]);
            else a[2 * p + r] = Unpack<T>::pair4(words[c * 2 + r], 2 * s + p, zero[r]);
        }
}
