// broken: the scratch array is written again before everyone has read it (write after read)
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ float s[128];
    float v = p.x[b * 128 + i];
    for (int k = 0; k < 2; k++) {
        s[i] = v;
        __syncthreads();
        v += s[(i + 33) % 128];          // a __syncthreads is missing after this line
    }
    p.y[b * 128 + i] = v;
}
