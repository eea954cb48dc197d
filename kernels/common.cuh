// What every kernel uses: element types, sums in a fixed order, tensor cores. A kernel file includes this and its own op's header only; NVRTC
// needs no CUDA header. Each helper that needs PTX has a portable branch for the emulator (CUDA_EMU) beside it.
// Rules: kernels are declared with KERNEL and take one parameter struct p by value; no return before a barrier or a warp operation that
// others reach; block sizes are multiples of 32; reductions live here, in an order that depends on the launch's constants alone.
#pragma once
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
#ifndef CUDA_EMU
// At least one block a multiprocessor: without that word ptxas aims at more and spills a few registers for it.
#define KERNEL(name, threads, P) extern "C" __global__ void __launch_bounds__(threads, 1) name(const __grid_constant__ P p)
#define DYNAMIC_SHARED(T, name) \
    extern __shared__ __align__(16) unsigned char dynamic_shared_bytes[]; \
    T* const name = (T*)dynamic_shared_bytes
#endif
// The host compiles with the size of its own struct.
#define CHECK_PARAMS(P) static_assert(sizeof(P) == PARAM_BYTES, "the host's " #P "Params differs")
#define ALL_LANES 0xffffffffu
#define INLINE __device__ __forceinline__

// ---- element types: -DELEMENT=half or bfloat16 ----
struct half { u16 bits; };
struct bfloat16 { u16 bits; };

INLINE float to_float(float f) { return f; }
INLINE float to_float(bfloat16 b) { return __uint_as_float((u32)b.bits << 16); }
INLINE float to_float(half h) {
#ifdef CUDA_EMU
    return emu_half_to_float(h.bits);
#else
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(h.bits));
    return f;
#endif
}

// To nearest even; too large becomes infinity, NaN becomes 7fff.
template <class T> INLINE T from_float(float f);
template <> INLINE float from_float<float>(float f) { return f; }
template <> INLINE half from_float<half>(float f) {
    half h;
#ifdef CUDA_EMU
    h.bits = emu_float_to_half(f);
#else
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h.bits) : "f"(f));
#endif
    return h;
}
template <> INLINE bfloat16 from_float<bfloat16>(float f) {        // integer code: sm_75 has no instruction for it
    const u32 u = __float_as_uint(f);
    bfloat16 b;
    b.bits = f != f ? (u16)0x7fff : (u16)((u + 0x7fff + (u >> 16 & 1)) >> 16);
    return b;
}

// Two elements in a 32-bit word, the first in the low half.
template <class T> INLINE float low(u32 word) { T v; v.bits = (u16)word; return to_float(v); }
template <class T> INLINE float high(u32 word) { T v; v.bits = (u16)(word >> 16); return to_float(v); }
template <class T> INLINE u32 pack(float a, float b) { return from_float<T>(a).bits | (u32)from_float<T>(b).bits << 16; }
INLINE u32 pack_low_halves(u32 a, u32 b) { return __byte_perm(a, b, 0x5410); }
INLINE u32 pack_high_halves(u32 a, u32 b) { return __byte_perm(a, b, 0x7632); }

// Two fp16 subtractions.
INLINE u32 subtract_halves(u32 a, u32 b) {
#ifdef CUDA_EMU
    return pack<half>(low<half>(a) - low<half>(b), high<half>(a) - high<half>(b));
#else
    u32 d;
    asm("sub.f16x2 %0, %1, %2;" : "=r"(d) : "r"(a), "r"(b));
    return d;
#endif
}

// Rows of COUNT elements (1, 2, 4 or 8) that are read and written as one word of memory.
template <class T, int COUNT> struct alignas(COUNT * sizeof(T)) Vector { T v[COUNT]; };
template <int COUNT, class T> INLINE Vector<T, COUNT> load(const T* p) { return *(const Vector<T, COUNT>*)p; }
template <int COUNT, class T> INLINE void store(T* p, const Vector<T, COUNT>& v) { *(Vector<T, COUNT>*)p = v; }

// ---- sums and maxima in a fixed order: the same bits in every lane, whatever the timing ----
INLINE float warp_sum(float v) {
    for (int x = 16; x; x >>= 1) v += __shfl_xor_sync(ALL_LANES, v, x);
    return v;
}
INLINE float warp_max(float v) {
    for (int x = 16; x; x >>= 1) v = fmaxf(v, __shfl_xor_sync(ALL_LANES, v, x));
    return v;
}
// Over the block. scratch: 32 shared floats, free again after the call.
INLINE float block_sum(float v, float* scratch) {
    v = warp_sum(v);
    __syncthreads();
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = v;
    __syncthreads();
    return warp_sum(threadIdx.x % 32 < blockDim.x / 32 ? scratch[threadIdx.x % 32] : 0.0f);
}
INLINE float block_max(float v, float* scratch) {
    v = warp_max(v);
    __syncthreads();
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = v;
    __syncthreads();
    return warp_max(scratch[threadIdx.x % 32 < blockDim.x / 32 ? threadIdx.x % 32 : 0]);
}

// ---- copies of 16 bytes from global to shared memory beside the arithmetic; there false: zeros, and nothing is read. A thread's copies are committed in
// groups; copy_wait<N> waits until all but its last N groups have landed. Other threads see them after a barrier. sm_75 copies at once. ----
INLINE void copy_async(uint4* shared, const void* global, bool there) {
#if __CUDA_ARCH__ < 800
    *shared = there ? *(const uint4*)global : make_uint4(0, 0, 0, 0);
#elif defined(CUDA_EMU)
    emu_copy_async(emu_t, shared, global, 16, there ? 16 : 0);
#else
    asm volatile("{ .reg .u64 to; cvta.to.shared.u64 to, %0; cp.async.cg.shared.global [to], [%1], 16, %2; }"
        :: "l"(shared), "l"(global), "r"(there ? 16 : 0) : "memory");
#endif
}
INLINE void copy_commit() {
#if __CUDA_ARCH__ >= 800
#ifdef CUDA_EMU
    emu_copy_commit(emu_t);
#else
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
#endif
}
template <int N> INLINE void copy_wait() {
#if __CUDA_ARCH__ >= 800
#ifdef CUDA_EMU
    emu_copy_wait(emu_t, N);
#else
    asm volatile("cp.async.wait_group %0;" :: "n"(N) : "memory");
#endif
#endif
}

// ---- tensor cores: d[16 x 8] += a[16 x 16] * b[16 x 8], fp32 sums. With g = lane / 4 and t = lane % 4:
// a[0] row g, k 2t and 2t+1; a[1] row g+8; a[2], a[3] the same for k + 8; b[0] column g, k 2t and 2t+1; b[1] k + 8;
// d[0], d[1] row g, columns 2t and 2t+1; d[2], d[3] row g+8. A row of d depends on its row of a alone. ----
template <class T> INLINE void mma(float* d, const u32* a, const u32* b);

template <> INLINE void mma<half>(float* d, const u32* a, const u32* b) {
#if __CUDA_ARCH__ < 800            // sm_75 has only the k = 8 form: two of them, the same fragments
#ifdef CUDA_EMU
    emu_mma(8, false, d, a, b);
    emu_mma(8, false, d, a + 2, b + 1);
#else
    for (int i = 0; i < 2; i++)
        asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5}, {%6}, {%0,%1,%2,%3};"
            : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[2 * i]), "r"(a[2 * i + 1]), "r"(b[i]));
#endif
#elif defined(CUDA_EMU)
    emu_mma(16, false, d, a, b);
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

#if __CUDA_ARCH__ >= 800
template <> INLINE void mma<bfloat16>(float* d, const u32* a, const u32* b) {
#ifdef CUDA_EMU
    emu_mma(16, true, d, a, b);
#else
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
        : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}
#endif
