// What the two forms of matmul share: output = input W^T + bias, with the same bits in both. W is packed (packed_weights.cuh): BITS 16 of ELEMENT,
// or codes of 8 or 4 bits with W[n][k] = scale * (code - zero). input [M, input_stride] of ELEMENT in slot order; scales (SCALE), zeros
// [groups, padded_columns]; bias [N] fp32 or null; output [M, output_stride] of OUTPUT.
//
// The one order of sums: CHUNK tiles of 32 slots (1 to 4, dividing a group) make one chain of tensor-core sums; the chain is scaled and added in fp32 to
// its quarter's sum; quarter w has the chunks [chunks * w / 4, chunks * (w + 1) / 4); the four quarters are added in order, then the bias.
#pragma once
#include "packed_weights.cuh"
struct MatMul {
    const ELEMENT* input; const uint4* weight; const SCALE* scales; const u16* zeros; const float* bias; OUTPUT* output;
    int rows, columns, padded_columns, tiles, group_tiles, input_stride, output_stride;
};
CHECK_PARAMS(MatMul);

constexpr int quads = BITS / 4;                                     // 16-byte words of a lane in a tile
typedef typename Unpack<ELEMENT>::Zero Zero;

// A lane's entries of a group: of the columns c * 16 + r * 8 + g of a block of 32. meta: index of the entry of its first column.
INLINE void load_zeros(const MatMul& p, size_t meta, Zero (*zero)[2]) {
#pragma unroll
    for (int i = 0; i < 4; i++) zero[i / 2][i % 2] = BITS < 16 ? Unpack<ELEMENT>::prepare_zero(p.zeros[meta + i * 8]) : Zero();
}

// Adds the products of one tile of weights and N tiles of 8 rows to the chains. w: the lane's words of the tile; share(i): the lane's 16 bytes of its row
// in row tile i.
template <int N, class F> INLINE void add_tile(const uint4* w, const Zero (*zero)[2], float (*chain)[N][4], F share) {
    u32 words[BITS], a[2][2][4];                                    // a: [columns half][step][fragment]
#pragma unroll
    for (int q = 0; q < quads; q++) words[4 * q] = w[q].x, words[4 * q + 1] = w[q].y, words[4 * q + 2] = w[q].z, words[4 * q + 3] = w[q].w;
#pragma unroll
    for (int i = 0; i < 4; i++) unpack<ELEMENT>(words, i / 2, i % 2, zero[i / 2], a[i / 2][i % 2]);
#pragma unroll
    for (int i = 0; i < N; i++) {
        const uint4 v = share(i);
        const u32 b[2][2] = {{v.x, v.y}, {v.z, v.w}};
#pragma unroll
        for (int j = 0; j < 4; j++) mma<ELEMENT>(chain[j / 2][i], a[j / 2][j % 2], b[j % 2]);
    }
}

// Adds a finished chain, scaled, to its quarter's sum.
template <int N> INLINE void add_chain(const MatMul& p, size_t meta, float (*chain)[N][4], float (*sum)[N][4]) {
#pragma unroll
    for (int c = 0; c < 2; c++)
#pragma unroll
        for (int r = 0; r < 2; r++) {
            const float scale = BITS < 16 ? to_float(p.scales[meta + c * 16 + r * 8]) : 1.0f;
#pragma unroll
            for (int i = 0; i < N; i++)
#pragma unroll
                for (int j = 0; j < 2; j++) sum[c][i][2 * r + j] = fmaf(chain[c][i][2 * r + j], scale, sum[c][i][2 * r + j]);
        }
}
