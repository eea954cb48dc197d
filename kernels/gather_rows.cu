// gather_rows: output[i] = input[rows[i]]. input [T, width], rows [R], output [R, width], of ELEMENT.
// Grid: R. Block: 128. Bytes: R * width * 4.
#include "common.cuh"
struct GatherRows { const ELEMENT* input; const int* rows; ELEMENT* output; int width; };
CHECK_PARAMS(GatherRows);

KERNEL(gather_rows, 128, GatherRows) {
    const ELEMENT* row = p.input + (size_t)p.rows[blockIdx.x] * p.width;
    ELEMENT* output = p.output + (size_t)blockIdx.x * p.width;
    for (int i = threadIdx.x; i < p.width; i += 128) output[i] = row[i];
}
