// swiglu: output[t][i] = silu(gate) * up with silu(x) = x / (1 + exp(-x)), gate = gate_up[t][i], up = gate_up[t][width + i].
// gate_up [T, 2 width], output [T, width], both of ELEMENT; fp32 inside.
// Grid: (ceil(width / (256 * VECTOR)), T). Block: 256. VECTOR: 8, or 1 when width is no multiple of 8. Bytes: T * width * 6.
#include "common.cuh"
struct SwiGlu { const ELEMENT* gate_up; ELEMENT* output; int width; };
CHECK_PARAMS(SwiGlu);

KERNEL(swiglu, 256, SwiGlu) {
    const int i = (blockIdx.x * 256 + threadIdx.x) * VECTOR;
    if (i >= p.width) return;
    const ELEMENT* row = p.gate_up + (size_t)blockIdx.y * 2 * p.width + i;
    Vector<ELEMENT, VECTOR> gate = load<VECTOR>(row);
    const Vector<ELEMENT, VECTOR> up = load<VECTOR>(row + p.width);
    for (int j = 0; j < VECTOR; j++) {
        const float x = to_float(gate.v[j]);
        gate.v[j] = from_float<ELEMENT>(x / (1.0f + __expf(-x)) * to_float(up.v[j]));
    }
    store<VECTOR>(p.output + (size_t)blockIdx.y * p.width + i, gate);
}
