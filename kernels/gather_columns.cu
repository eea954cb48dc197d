// gather_columns: output[t][i] = input[t][slots[i]], 0 where slots[i] < 0: brings activations into the order (and padding) that a matmul's weights
// were repacked in. input [T, width], slots [slot_count], output [T, slot_count], of ELEMENT; a null slots is the identity, padded with zeros.
// Grid: (ceil(slot_count / 256), T). Block: 256. Bytes: T * (width + slot_count) * 2.
#include "common.cuh"
struct GatherColumns { const ELEMENT* input; const int* slots; ELEMENT* output; int width, slot_count; };
CHECK_PARAMS(GatherColumns);

KERNEL(gather_columns, 256, GatherColumns) {
    const int i = blockIdx.x * 256 + threadIdx.x;
    if (i >= p.slot_count) return;
    const int from = p.slots ? p.slots[i] : i < p.width ? i : -1;
    const ELEMENT zero = from_float<ELEMENT>(0.0f);
    p.output[(size_t)blockIdx.y * p.slot_count + i] = from < 0 ? zero : p.input[(size_t)blockIdx.y * p.width + from];
}
