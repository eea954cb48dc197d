// broken: a shared sum that nobody sets to zero (it often is zero, on both machines)
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[4];
    if (i % 32 == 0) s[i / 32] += p.x[b * 128 + i];
    __syncthreads();
    p.y[b * 128 + i] = s[i / 32];
}
