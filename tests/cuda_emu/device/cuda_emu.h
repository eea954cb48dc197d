// What NVRTC gives a kernel for free, written for g++. It is included in front of the very same .cu source. No system header is
// pulled in: a kernel compiles in a tenth of a second and sees no name that NVRTC would not give it.
#pragma once
#define CUDA_EMU 1
typedef __SIZE_TYPE__ size_t;

#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __constant__ static const
#define __align__(n) __attribute__((aligned(n)))
#define __launch_bounds__(...)
#define __grid_constant__
#define __global__ static_assert(false, "declare kernels with KERNEL(name, threads, Params)");
// Every worker thread of the emulator loads its own copy of the compiled kernel, so a plain static is one variable a block.
#define __shared__ static __attribute__((section("emu_shared")))

#define EMU_EXPORT __attribute__((visibility("default")))
#define EMU_INLINE static inline __attribute__((always_inline))
#define EMU_AT const char *file = __builtin_FILE(), int line = __builtin_LINE()

#include "types.h"
#include "thread.h"
#include "math.h"
#include "warp.h"
#include "atomics.h"

#define KERNEL(name, threads, P) \
    static void name(const P p); \
    __attribute__((no_sanitize("thread"))) static void name##_run(const void* p) { name(*(const P*)p); } \
    extern "C" EMU_EXPORT const emu_kernel emu_kernel_##name = {name##_run, sizeof(P), threads}; \
    static void name(const P p)
#define DYNAMIC_SHARED(T, name) T* const name = (T*)emu_t->dynamic_shared
