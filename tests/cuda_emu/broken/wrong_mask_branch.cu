// broken: a full mask in a branch that half of the warp takes
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    float v = p.x[b * 128 + i];
    if (i % 32 < 16) v += __shfl_xor_sync(ALL_LANES, v, 1);
    p.y[b * 128 + i] = v;
}
