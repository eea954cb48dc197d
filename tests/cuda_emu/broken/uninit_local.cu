// broken: a local array is only partly set
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    float v[4];
    for (int k = 0; k < 4; k++) if (p.x[b * 128 + i] > k - 2) v[k] = 1;
    p.y[b * 128 + i] = v[0] + v[1] + v[2] + v[3];
}
