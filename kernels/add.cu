// add: residual += delta, each sum rounded to ELEMENT. Both [count] of ELEMENT.
// Grid: ceil(count / (256 * VECTOR)). Block: 256. VECTOR: 8, or 1 when count is no multiple of 8. Bytes: 6 * count.
#include "common.cuh"
struct Add { ELEMENT* residual; const ELEMENT* delta; long long count; };
CHECK_PARAMS(Add);

KERNEL(add, 256, Add) {
    const long long i = ((long long)blockIdx.x * 256 + threadIdx.x) * VECTOR;
    if (i >= p.count) return;
    Vector<ELEMENT, VECTOR> a = load<VECTOR>(p.residual + i);
    const Vector<ELEMENT, VECTOR> b = load<VECTOR>(p.delta + i);
    for (int j = 0; j < VECTOR; j++) a.v[j] = from_float<ELEMENT>(to_float(a.v[j]) + to_float(b.v[j]));
    store<VECTOR>(p.residual + i, a);
}
