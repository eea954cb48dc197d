// broken: __syncthreads in a branch that only half of the block takes
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[128];
    s[i] = p.x[b * 128 + i];
    if (i < 64) __syncthreads();
    p.y[b * 128 + i] = s[i];
}
