// broken: writes one element past a shared array, into its neighbour
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[128], t[128];
    s[i] = 1;
    t[i] = 2;
    __syncthreads();
    float* q = s;
    if (p.n > 0) q[i + 1] = p.x[b * 128 + i];
    __syncthreads();
    p.y[b * 128 + i] = s[i] + t[i];
}
