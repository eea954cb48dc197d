// embed: output[t] = table[tokens[t]].
// table [V, width] of TABLE (float, half or bfloat16); tokens [T]; output [T, width] of ELEMENT, rounded to nearest.
// Grid: T. Block: 128. A thread moves one element at a time: a row is contiguous, so a warp's accesses are.
// Bytes: T * width * (sizeof TABLE + 2). Tokens must lie in the table.
#include "common.cuh"
struct Embed { const TABLE* table; const int* tokens; ELEMENT* output; int width; };
CHECK_PARAMS(Embed);

KERNEL(embed, 128, Embed) {
    const TABLE* row = p.table + (size_t)p.tokens[blockIdx.x] * p.width;
    ELEMENT* output = p.output + (size_t)blockIdx.x * p.width;
    for (int i = threadIdx.x; i < p.width; i += 128) output[i] = from_float<ELEMENT>(to_float(row[i]));
}
