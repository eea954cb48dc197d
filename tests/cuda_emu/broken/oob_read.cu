// broken: reads one element past the end of x
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    int at = b * 128 + i;
    p.y[at] = p.x[at] + (at < p.n ? p.x[at + 1] : 0.0f);
}
