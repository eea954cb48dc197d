// broken: a sum with atomicAdd on floats: the order, and so the last bits, are left to chance
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    atomicAdd(p.y, p.x[b * 128 + i]);
}
