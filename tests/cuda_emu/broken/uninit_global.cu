// broken: reads y before anything has written it
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    p.y[b * 128 + i] += p.x[b * 128 + i];
}
