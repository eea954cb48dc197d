// broken: rows of n elements are read as if they were 4096 long
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    int at = b * 128 + i;
    p.y[at] = p.x[(size_t)at * 4096];
}
