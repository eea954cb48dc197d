// broken: a 16-byte load from an address that is only 4-byte aligned
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    float4 v = *(const float4*)(p.x + (b * 128 + i) / 4 * 4 + (p.n > 4 ? 1 : 0));
    p.y[b * 128 + i] = v.x;
}
