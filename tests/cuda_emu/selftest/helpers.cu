// Runs every helper of common.cuh, philox.cuh and packed_weights.cuh that has an asm branch or that kernels rest on, and stores its bits. The test compares them with
// the same formulas in C#: on the emulator that is the portable branch, on a GPU the asm.
// in [64] words. Per thread 13 words of out; then for the warp's products d [16 x 8] of fp16 (and bf16 from sm_80 on) as float bits.
// Grid: 1. Block: 64.
#define BITS 8
#include "packed_weights.cuh"
#include "philox.cuh"
struct Helpers { const u32* in; u32* out; float* products; };
CHECK_PARAMS(Helpers);

KERNEL(helpers, 64, Helpers) {
    __shared__ float scratch[32];
    const int i = threadIdx.x, lane = i % 32;
    const u32 v = p.in[i];
    half h;
    h.bits = (u16)v;
    u32* out = p.out + 13 * i;
    out[0] = __float_as_uint(to_float(h));
    out[1] = from_float<half>(__uint_as_float(v)).bits;
    out[2] = from_float<bfloat16>(__uint_as_float(v)).bits;
    out[3] = subtract_halves(0x64006400u | (v & 0x00ff00ffu), Unpack<half>::prepare_zero(256));
    out[4] = Unpack<half>::pair8(v, 1, Unpack<half>::prepare_zero(i));
    out[5] = Unpack<bfloat16>::pair8(v, 1, Unpack<bfloat16>::prepare_zero(i));
    out[6] = __float_as_uint(warp_sum((float)(v & 1023)));
    out[7] = __float_as_uint(block_sum((float)(v & 1023), scratch));
    out[8] = __float_as_uint(block_max((float)(v & 1023), scratch));
    const uint4 random = philox(make_uint4(v, i, 2, 3), 0x12345678u, 0x9abcdef0u);
    out[9] = random.x;
    out[10] = random.w;
    out[11] = __float_as_uint(gumbel(v));

    // Two groups under way, the first awaited alone; a neighbour's word, so that the barrier counts too.
    __shared__ uint4 first[64], second[64];
    copy_async(first + i, p.in + i % 16 * 4, i % 3 != 0);
    copy_commit();
    copy_async(second + i, p.in + i % 16 * 4, true);
    copy_commit();
    copy_wait<1>();
    __syncthreads();
    out[12] = first[(i + 1) % 64].y;
    copy_wait<0>();
    __syncthreads();
    out[12] += second[(i + 1) % 64].z;

    // Small integers, so that any order of adding is exact: a[m][k] = (m + 2k) % 7 - 3, b[k][n] = (3k + n) % 5 - 2.
    if (i < 32) {
        const int g = lane / 4, t = lane % 4;
        auto a = [&](int m, int k) { return (float)((m + 2 * k) % 7 - 3); };
        auto b = [&](int k, int n) { return (float)((3 * k + n) % 5 - 2); };
        auto fill = [&](auto pack2, u32* fa, u32* fb) {
            for (int r = 0; r < 4; r++) fa[r] = pack2(a(g + r % 2 * 8, 2 * t + r / 2 * 8), a(g + r % 2 * 8, 2 * t + 1 + r / 2 * 8));
            for (int r = 0; r < 2; r++) fb[r] = pack2(b(2 * t + r * 8, g), b(2 * t + 1 + r * 8, g));
        };
        u32 fa[4], fb[2];
        float d[4] = {0.5f, 0.5f, 0.5f, 0.5f};
        fill([](float x, float y) { return pack<half>(x, y); }, fa, fb);
        mma<half>(d, fa, fb);
        for (int r = 0; r < 4; r++) p.products[(g + r / 2 * 8) * 8 + 2 * t + r % 2] = d[r];
#if __CUDA_ARCH__ >= 800
        float e[4] = {0.5f, 0.5f, 0.5f, 0.5f};
        fill([](float x, float y) { return pack<bfloat16>(x, y); }, fa, fb);
        mma<bfloat16>(e, fa, fb);
        for (int r = 0; r < 4; r++) p.products[128 + (g + r / 2 * 8) * 8 + 2 * t + r % 2] = e[r];
#endif
    }
}
