// broken: a shift by 32 (0 on the device, anything in C++)
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    u32 v = 1u << ((i & 31) + (p.n > 0 ? 1 : 0));
    p.y[b * 128 + i] = v;
}
