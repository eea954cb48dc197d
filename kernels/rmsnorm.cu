// rmsnorm: output[t] = x * weight / sqrt(mean(x^2) + epsilon) with x = input[t]; with RESIDUAL x = residual[t] + input[t], rounded to ELEMENT
// and written back to residual[t]. All [T, width] of ELEMENT but weight [width], fp32. Sums in fp32.
// output [T, slot_count]: with slots [slot_count] in the order of the weight that reads it, output[t][i] the element slots[i], 0 where that is -1; a null slots
// is the identity, padded with zeros. So an act-order permutation costs no pass of its own.
// Grid: T. Block: 256. VECTOR elements a load: 8, or 1 when width is no multiple of 8.
// Bytes: T * width * 4 (RESIDUAL: 8); the second reading of the row comes from the cache.
// The order of the sum depends on width alone, so a row's bits do not depend on the batch. Tolerance: one rounding of ELEMENT.
#include "common.cuh"
struct RmsNorm { const ELEMENT* input; ELEMENT* residual; const float* weight; ELEMENT* output; const int* slots; float epsilon; int width, slot_count; };
CHECK_PARAMS(RmsNorm);

KERNEL(rmsnorm, 256, RmsNorm) {
    __shared__ float scratch[32];
    const size_t row = (size_t)blockIdx.x * p.width;
    const ELEMENT* x = RESIDUAL ? p.residual + row : p.input + row;
    float sum = 0;
    for (int i = threadIdx.x * VECTOR; i < p.width; i += 256 * VECTOR) {
        Vector<ELEMENT, VECTOR> a = load<VECTOR>(x + i);
        if (RESIDUAL) {
            const Vector<ELEMENT, VECTOR> delta = load<VECTOR>(p.input + row + i);
            for (int j = 0; j < VECTOR; j++) a.v[j] = from_float<ELEMENT>(to_float(a.v[j]) + to_float(delta.v[j]));
            store<VECTOR>(p.residual + row + i, a);
        }
        for (int j = 0; j < VECTOR; j++) sum = fmaf(to_float(a.v[j]), to_float(a.v[j]), sum);
    }
    const float scale = rsqrtf(block_sum(sum, scratch) / p.width + p.epsilon);
    if (p.slots || p.slot_count != p.width) {
        ELEMENT* output = p.output + (size_t)blockIdx.x * p.slot_count;
        for (int i = threadIdx.x; i < p.slot_count; i += 256) {
            const int from = p.slots ? p.slots[i] : i < p.width ? i : -1;
            output[i] = from_float<ELEMENT>(from < 0 ? 0.0f : to_float(x[from]) * scale * p.weight[from]);
        }
        return;
    }
    for (int i = threadIdx.x * VECTOR; i < p.width; i += 256 * VECTOR) {
        Vector<ELEMENT, VECTOR> a = load<VECTOR>(x + i);
        for (int j = 0; j < VECTOR; j++) a.v[j] = from_float<ELEMENT>(to_float(a.v[j]) * scale * p.weight[i + j]);
        store<VECTOR>(p.output + row + i, a);
    }
}
