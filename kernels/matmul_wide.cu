// matmul_wide: output = input W^T + bias (matmul.cuh) for many rows: prefill. The bits of each row are matmul's: whichever is faster may be launched.
// Grid: (ceil(N / 128), ceil(M / (64 * ROW_WARPS))). Block: 128 * ROW_WARPS (1 or 2): warps of 32 columns x 64 rows, four beside each other.
// Shared: dynamic, 48 KB * ROW_WARPS: per thread the sums of the quarters before, then four stages of one tile of the rows (64 bytes a row), filled ahead by
// asynchronous copies. Weights go to registers one tile ahead and are dequantised there: no fp16 copy of W is ever written.
// Bytes through L2: W once a 64 * ROW_WARPS rows, input once a 128 columns. Flops: 2 M N K.
#include "matmul.cuh"
constexpr int column_warps = 4, row_tiles = 8, stages = 4;
constexpr int block_columns = column_warps * tile_rows, warp_rows = row_tiles * 8, block_rows = ROW_WARPS * warp_rows, threads = 32 * column_warps * ROW_WARPS;
constexpr int sums = 2 * row_tiles * 4;                             // of a thread
constexpr int stage_words = block_rows * 4;                         // 16-byte words: four a row. Eight neighbouring lanes read two rows, 128 neighbouring bytes
constexpr int padded = block_columns + 4;                           // a warp's stores of its results touch all 32 banks

// Fills a stage with a tile of the block's rows; zeros past the last row.
INLINE void copy_rows(const MatMul& p, int tile, uint4* stage) {
#pragma unroll
    for (int i = threadIdx.x; i < stage_words; i += threads) {
        const int row = blockIdx.y * block_rows + i / 4;
        const bool there = row < p.rows;
        copy_async(stage + i, p.input + (size_t)(there ? row : 0) * p.input_stride + tile * tile_slots + i % 4 * 8, there);
    }
}

KERNEL(matmul_wide, 128 * ROW_WARPS, MatMul) {
    DYNAMIC_SHARED(float, shared);
    float* const totals = shared + threadIdx.x;                     // totals[i * threads]
    uint4* const staged = (uint4*)(shared + sums * threads);
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32, g = lane / 4, t = lane % 4;
    const int row = warp / column_warps * warp_rows, chunks = p.tiles / CHUNK;
    // A warp past the last column computes the last columns once more and stores nothing: barriers need it.
    const int block = min((int)blockIdx.x * column_warps + warp % column_warps, p.padded_columns / tile_rows - 1), column = block * tile_rows;
    const uint4* weight = p.weight + (size_t)block * p.tiles * (quads * 32) + lane;

    for (int k = 0; k < stages - 1; k++) {
        if (k < p.tiles) copy_rows(p, k, staged + k * stage_words);
        copy_commit();
    }
    uint4 w[quads], next[quads];
#pragma unroll
    for (int q = 0; q < quads; q++) next[q] = weight[q * 32];

    float sum[2][row_tiles][4] = {};                                // [columns half][row tile][fragment]
    int quarter = 0;
    auto close_quarters = [&](int chunk) {                          // those that end before this chunk
        for (; quarter < 3 && chunks * (quarter + 1) / 4 <= chunk; quarter++)
#pragma unroll
            for (int i = 0; i < sums; i++) {
                float* s = &sum[i / (4 * row_tiles)][i / 4 % row_tiles][i % 4];
                totals[i * threads] = quarter ? totals[i * threads] + *s : *s;
                *s = 0;
            }
    };
    for (int chunk = 0; chunk < chunks; chunk++) {
        close_quarters(chunk);
        const size_t meta = (size_t)(chunk * CHUNK / p.group_tiles) * p.padded_columns + column + g;
        float chain[2][row_tiles][4] = {};
        Zero zero[2][2];
        load_zeros(p, meta, zero);
#pragma unroll 1
        for (int k = chunk * CHUNK; k < (chunk + 1) * CHUNK; k++) {
            copy_wait<stages - 2>();                                // tile k has landed,
            __syncthreads();                                        // everyone's part of it, and nobody reads tile k - 1 any more
            if (k + stages - 1 < p.tiles) copy_rows(p, k + stages - 1, staged + (k + stages - 1) % stages * stage_words);
            copy_commit();
#pragma unroll
            for (int q = 0; q < quads; q++) {
                w[q] = next[q];
                if (k + 1 < p.tiles) next[q] = weight[((size_t)(k + 1) * quads + q) * 32];
            }
            const uint4* x = staged + k % stages * stage_words + (row + g) * 4 + t;
            add_tile<row_tiles>(w, zero, chain, [&](int i) { return x[i * 32]; });
        }
        add_chain<row_tiles>(p, meta, chain, sum);
    }
    close_quarters(chunks);

#pragma unroll
    for (int i = 0; i < sums; i++) sum[i / (4 * row_tiles)][i / 4 % row_tiles][i % 4] += totals[i * threads];
    __syncthreads();                                                // the shared memory now takes the results, to be stored row by row
#pragma unroll
    for (int i = 0; i < sums; i++) {
        const int c = i / (4 * row_tiles), tile = i / 4 % row_tiles, r = i % 4;
        shared[(row + tile * 8 + t * 2 + r % 2) * padded + warp % column_warps * tile_rows + c * 16 + r / 2 * 8 + g] = sum[c][tile][r];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < block_rows * block_columns; i += threads) {
        const int m = blockIdx.y * block_rows + i / block_columns, n = blockIdx.x * block_columns + i % block_columns;
        if (m >= p.rows || n >= p.columns) continue;
        float v = shared[i / block_columns * padded + i % block_columns];
        if (p.bias) v += p.bias[n];
        p.output[(size_t)m * p.output_stride + n] = from_float<OUTPUT>(v);
    }
}
