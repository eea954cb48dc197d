// Barriers and warp operations: a lane deposits its arguments, waits for the others, and fetches its result.
#pragma once
enum {
    EMU_SYNCWARP, EMU_SHFL, EMU_SHFL_UP, EMU_SHFL_DOWN, EMU_SHFL_XOR, EMU_BALLOT, EMU_MATCH,
    EMU_REDUCE_ADD, EMU_REDUCE_MIN, EMU_REDUCE_MAX, EMU_REDUCE_AND, EMU_REDUCE_OR, EMU_REDUCE_XOR, EMU_REDUCE_UMIN, EMU_REDUCE_UMAX,
    EMU_MMA_K8, EMU_MMA_K16, EMU_LDMATRIX, EMU_LDMATRIX_TRANSPOSED,
};

EMU_INLINE void __syncthreads(EMU_AT) { emu_barrier(emu_t, 0, 0, file, line); }
EMU_INLINE int __syncthreads_count(int p, EMU_AT) { return emu_barrier(emu_t, 1, p != 0, file, line); }
EMU_INLINE int __syncthreads_or(int p, EMU_AT) { return emu_barrier(emu_t, 2, p != 0, file, line); }
EMU_INLINE int __syncthreads_and(int p, EMU_AT) { return emu_barrier(emu_t, 3, p != 0, file, line); }
EMU_INLINE void __syncwarp(unsigned mask = ~0u, EMU_AT) { emu_warp(emu_t, EMU_SYNCWARP, mask, 0, file, line); }
EMU_INLINE void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
EMU_INLINE void __threadfence_block() {}

EMU_INLINE unsigned emu_warp_word(int operation, unsigned mask, unsigned v, unsigned x, int argument, const char* file, int line) {
    emu_t->in[0] = v;
    emu_t->in[1] = x;
    emu_warp(emu_t, operation, mask, argument, file, line);
    return emu_t->out[0];
}
template <class T> EMU_INLINE T emu_shuffle(int operation, unsigned mask, T v, unsigned x, int width, const char* file, int line) {
    unsigned words[sizeof(T) < 4 ? 1 : sizeof(T) / 4] = {};
    T result;
    __builtin_memcpy(words, &v, sizeof v);
    for (unsigned& word : words) word = emu_warp_word(operation, mask, word, x, width, file, line);
    __builtin_memcpy(&result, words, sizeof result);
    return result;
}
template <class T> EMU_INLINE T __shfl_sync(unsigned m, T v, int lane, int width = 32, EMU_AT) { return emu_shuffle(EMU_SHFL, m, v, lane, width, file, line); }
template <class T> EMU_INLINE T __shfl_up_sync(unsigned m, T v, unsigned d, int width = 32, EMU_AT) { return emu_shuffle(EMU_SHFL_UP, m, v, d, width, file, line); }
template <class T> EMU_INLINE T __shfl_down_sync(unsigned m, T v, unsigned d, int width = 32, EMU_AT) { return emu_shuffle(EMU_SHFL_DOWN, m, v, d, width, file, line); }
template <class T> EMU_INLINE T __shfl_xor_sync(unsigned m, T v, int x, int width = 32, EMU_AT) { return emu_shuffle(EMU_SHFL_XOR, m, v, x, width, file, line); }

EMU_INLINE unsigned __ballot_sync(unsigned m, int p, EMU_AT) { return emu_warp_word(EMU_BALLOT, m, p != 0, 0, 0, file, line); }
EMU_INLINE int __any_sync(unsigned m, int p, EMU_AT) { return __ballot_sync(m, p, file, line) != 0; }
EMU_INLINE int __all_sync(unsigned m, int p, EMU_AT) { return __ballot_sync(m, p, file, line) == m; }
EMU_INLINE unsigned __match_any_sync(unsigned m, unsigned v, EMU_AT) { return emu_warp_word(EMU_MATCH, m, v, 0, 0, file, line); }
#define EMU_REDUCE(name, T, operation) \
    EMU_INLINE T __reduce_##name##_sync(unsigned m, T v, EMU_AT) { return (T)emu_warp_word(operation, m, (unsigned)v, 0, 0, file, line); }
EMU_REDUCE(add, unsigned, EMU_REDUCE_ADD)
EMU_REDUCE(add, int, EMU_REDUCE_ADD)
EMU_REDUCE(min, int, EMU_REDUCE_MIN)
EMU_REDUCE(max, int, EMU_REDUCE_MAX)
EMU_REDUCE(min, unsigned, EMU_REDUCE_UMIN)
EMU_REDUCE(max, unsigned, EMU_REDUCE_UMAX)
EMU_REDUCE(and, unsigned, EMU_REDUCE_AND)
EMU_REDUCE(or, unsigned, EMU_REDUCE_OR)
EMU_REDUCE(xor, unsigned, EMU_REDUCE_XOR)

// d += a * b with the fragments of PTX mma.m16n8k8 (a: 2 registers, b: 1) or m16n8k16 (a: 4, b: 2); bf16 says what the halves are.
EMU_INLINE void emu_mma(int k, bool bf16, float* d, const unsigned* a, const unsigned* b, EMU_AT) {
    __builtin_memcpy(emu_t->in, a, k);
    __builtin_memcpy(emu_t->in + 4, b, k / 2);
    __builtin_memcpy(emu_t->in + 6, d, 16);
    emu_warp(emu_t, k == 8 ? EMU_MMA_K8 : EMU_MMA_K16, ~0u, bf16, file, line);
    __builtin_memcpy(d, emu_t->out, 16);
}
// n = 1, 2 or 4 matrices of 8 x 8 halves; lane i gives the address of row i.
EMU_INLINE void emu_ldmatrix(int n, bool transposed, unsigned* r, const void* row, EMU_AT) {
    emu_t->address = row;
    emu_warp(emu_t, transposed ? EMU_LDMATRIX_TRANSPOSED : EMU_LDMATRIX, ~0u, n, file, line);
    __builtin_memcpy(r, emu_t->out, 4 * n);
}
