// broken: an asynchronous copy is read without waiting for it
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ __align__(16) float s[128];
    if (i < 32) {
        emu_copy_async(emu_t, s + 4 * i, p.x + b * 128 + 4 * i, 16, 16);
        emu_copy_commit(emu_t);
    }
    __syncthreads();
    p.y[b * 128 + i] = s[i];
}
