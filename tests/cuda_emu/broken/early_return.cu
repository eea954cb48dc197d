// broken: a thread returns before the barrier
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[128];
    if (p.x[b * 128 + i] == 1e30f || i == 127) return;
    s[i] = p.x[b * 128 + i];
    __syncthreads();
    p.y[b * 128 + i] = s[i];
}
