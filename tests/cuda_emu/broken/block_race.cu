// broken: two blocks write the same element
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    p.y[i] = p.x[b * 128 + i];
    for (int k = 128 + i; k < p.n; k += 128) if (b == 0) p.y[k] = 0;
}
