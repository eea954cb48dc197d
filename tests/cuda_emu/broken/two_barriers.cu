// broken: both branches have a __syncthreads, but not the same one
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[128];
    s[i] = p.x[b * 128 + i];
    if (i % 2) { __syncthreads(); }
    else { s[i] += 1;
        __syncthreads(); }
    p.y[b * 128 + i] = s[127 - i];
}
