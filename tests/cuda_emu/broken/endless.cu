// broken: waits in a loop for another warp's flag: no other thread of the block runs meanwhile in the emulator
#include "common.cuh"
struct Broken { const float* x; float* y; int n; };
CHECK_PARAMS(Broken);

KERNEL(broken, 128, Broken) {
    const int i = threadIdx.x, b = blockIdx.x;
    __shared__ volatile int flag;
    if (i == 0) flag = 0;
    __syncthreads();
    if (i == 127) flag = 1;
    while (!flag) {}
    p.y[b * 128 + i] = 1;
}
