// broken: 32 KB of local memory a thread (the emulated stack has 28 KB; the device would spill it all)
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    float v[8192];
    for (int k = 0; k < 8192; k++) v[k] = p.x[(k + i) % p.n];
    for (int k = 1; k < 8192; k++) v[k] += v[k - 1] * v[(k * 7) % 8192];
    p.y[b * 128 + i] = v[i + 100];
}
