// matmul: output = input W^T + bias (matmul.cuh) for few rows: decode.
// Grid: (ceil(N / 32), ceil(M / (8 * TILES))). Block: 128; TILES 1, 2, 4 or 8 tiles of 8 activation rows, so that M <= 64 reads each weight once.
// A warp has a quarter of the chunks. A row's bits depend neither on M nor on TILES.
// Bytes: the weights once a 8 * TILES rows. Flops: 2 M N K. Weights go from global memory to registers; no shared memory in the main loop.
#include "matmul.cuh"
constexpr bool short_of_registers = TILES > 4 || BITS == 16;
constexpr int ahead = short_of_registers ? (TILES <= 4 && CHUNK % 2 == 0 ? 2 : 1) : CHUNK;     // tiles in flight
constexpr int padded = 36;                                          // 32 columns + 4: the four warps' stores touch all 32 banks

// Adds one chunk's products to sum. x: this lane's share of its first row, rows_left: how many rows there are from that one on.
INLINE void add_chunk(const MatMul& p, const uint4* tile, const ELEMENT* x, int rows_left, size_t meta, float (*sum)[TILES][4]) {
    float chain[2][TILES][4] = {};
    Zero zero[2][2];
    load_zeros(p, meta, zero);
    uint4 w[ahead][quads];
#pragma unroll TILES > 4 ? 1 : CHUNK
    for (int k = 0; k < CHUNK; k++) {
        if (k % ahead == 0) {
#pragma unroll
            for (int j = 0; j < ahead; j++)
#pragma unroll
                for (int q = 0; q < quads; q++) w[j][q] = __ldcs(tile + ((k + j) * quads + q) * 32);
        }
        add_tile<TILES>(w[k % ahead], zero, chain, [&](int i) {
            uint4 v = make_uint4(0, 0, 0, 0);
            if (i * 8 < rows_left) v = *(const uint4*)(x + (size_t)(i * 8) * p.input_stride + k * tile_slots);
            return v;
        });
    }
    add_chain<TILES>(p, meta, chain, sum);
}

KERNEL(matmul, 128, MatMul) {
    __shared__ float part[4][8 * TILES][padded];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
    const int column = blockIdx.x * tile_rows, first_row = blockIdx.y * 8 * TILES, chunks = p.tiles / CHUNK;
    float sum[2][TILES][4] = {};                                    // [columns half][row tile][fragment]
    for (int chunk = chunks * warp / 4; chunk < chunks * (warp + 1) / 4; chunk++) {
        const int tile = chunk * CHUNK;
        const ELEMENT* x = p.input + (size_t)(first_row + g) * p.input_stride + tile * tile_slots + t * 8;
        const uint4* weight = p.weight + ((size_t)blockIdx.x * p.tiles + tile) * (quads * 32) + lane;
        add_chunk(p, weight, x, p.rows - first_row - g, (size_t)(tile / p.group_tiles) * p.padded_columns + column + g, sum);
    }
#pragma unroll
    for (int i = 0; i < 8 * TILES; i++) {
        const int c = i / (4 * TILES), tile = i / 4 % TILES, r = i % 4;
        part[warp][tile * 8 + t * 2 + r % 2][c * 16 + r / 2 * 8 + g] = sum[c][tile][r];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 8 * TILES * tile_rows; i += 128) {
        const int row = i / tile_rows, n = i % tile_rows;
        if (first_row + row >= p.rows || column + n >= p.columns) continue;
        float v = part[0][row][n] + part[1][row][n] + part[2][row][n] + part[3][row][n];
        if (p.bias) v += p.bias[column + n];
        p.output[(size_t)(first_row + row) * p.output_stride + column + n] = from_float<OUTPUT>(v);
    }
}
