// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011): four random words as a pure function of a counter and a key; and Gumbel noise from a word.
#pragma once
#include "common.cuh"

INLINE uint4 philox(uint4 counter, u32 key_low, u32 key_high) {
#pragma unroll
    for (int round = 0; round < 10; round++) {
        const u32 high0 = __umulhi(0xD2511F53u, counter.x), low0 = 0xD2511F53u * counter.x;
        const u32 high1 = __umulhi(0xCD9E8D57u, counter.z), low1 = 0xCD9E8D57u * counter.z;
        counter = make_uint4(high1 ^ counter.y ^ key_low, low1, high0 ^ counter.w ^ key_high, low0);
        key_low += 0x9E3779B9u;
        key_high += 0xBB67AE85u;
    }
    return counter;
}

// -log(-log(u)) with u = (top 23 bits + 1/2) / 2^23: never 0 and never 1 (24 bits and a half would round to 1, whose noise is infinite).
INLINE float gumbel(u32 word) { return -logf(-logf(((float)(word >> 9) + 0.5f) * (1.0f / 8388608.0f))); }
