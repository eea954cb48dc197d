// broken: the mask names 16 lanes, 32 call
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    float v = p.x[b * 128 + i];
    for (int d = 16; d; d >>= 1) v += __shfl_down_sync(0x0000ffff, v, d);
    p.y[b * 128 + i] = v;
}
