// broken: no __syncthreads between writing shared memory and reading a neighbour's value
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[128];
    s[i] = p.x[b * 128 + i];
    p.y[b * 128 + i] = s[i ^ 32] + s[127 - i];
}
