// Arithmetic that NVRTC has built in. The C library's functions are declared one by one: <math.h> itself declares __expf.
#pragma once
extern "C" {
    float expf(float) noexcept, exp2f(float) noexcept, logf(float) noexcept, log2f(float) noexcept, log1pf(float) noexcept;
    float sinf(float) noexcept, cosf(float) noexcept, tanhf(float) noexcept, sqrtf(float) noexcept, fabsf(float) noexcept;
    float floorf(float) noexcept, ceilf(float) noexcept, truncf(float) noexcept, rintf(float) noexcept;
    float fmaf(float, float, float) noexcept, powf(float, float) noexcept, copysignf(float, float) noexcept;
    double exp(double) noexcept, log(double) noexcept, sqrt(double) noexcept, fabs(double) noexcept, ceil(double) noexcept;
}
template <class T> EMU_INLINE T __ldg(const T* p) { return *p; }
template <class T> EMU_INLINE T __ldcs(const T* p) { return *p; }
template <class T> EMU_INLINE T __ldcg(const T* p) { return *p; }
template <class T> EMU_INLINE void __stcs(T* p, T v) { *p = v; }

// The number when the other operand is NaN.
EMU_INLINE float fmaxf(float a, float b) { return a > b || b != b ? a : b; }
EMU_INLINE float fminf(float a, float b) { return a < b || b != b ? a : b; }
EMU_INLINE int min(int a, int b) { return a < b ? a : b; }
EMU_INLINE int max(int a, int b) { return a > b ? a : b; }
EMU_INLINE unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
EMU_INLINE unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
EMU_INLINE long long min(long long a, long long b) { return a < b ? a : b; }
EMU_INLINE long long max(long long a, long long b) { return a > b ? a : b; }

// Nearer than the device's: rsqrtf is off by up to 2 ulp there, __expf by 2 + |1.2 x|, __fdividef is 0 for divisors over 2^126.
EMU_INLINE float rsqrtf(float x) { return (float)(1.0 / __builtin_sqrt((double)x)); }
EMU_INLINE float __fdividef(float a, float b) { return a / b; }
#define __expf expf
#define __logf logf
EMU_INLINE float __frcp_rn(float x) { return 1.0f / x; }
EMU_INLINE float __fmul_rn(float a, float b) { return a * b; }
EMU_INLINE float __fadd_rn(float a, float b) { return a + b; }
EMU_INLINE float __fdiv_rn(float a, float b) { return a / b; }
EMU_INLINE float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
EMU_INLINE float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }

EMU_INLINE float __uint_as_float(unsigned u) { float f; __builtin_memcpy(&f, &u, 4); return f; }
EMU_INLINE unsigned __float_as_uint(float f) { unsigned u; __builtin_memcpy(&u, &f, 4); return u; }
EMU_INLINE float __int_as_float(int u) { return __uint_as_float((unsigned)u); }
EMU_INLINE int __float_as_int(float f) { return (int)__float_as_uint(f); }
EMU_INLINE unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
EMU_INLINE int __popc(unsigned v) { return __builtin_popcount(v); }
EMU_INLINE int __clz(int v) { return v ? __builtin_clz((unsigned)v) : 32; }
EMU_INLINE int __ffs(int v) { return __builtin_ffs(v); }
EMU_INLINE unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
    unsigned long long bytes = (unsigned long long)b << 32 | a;
    unsigned result = 0;
    for (int i = 0; i < 4; i++) result |= (unsigned)(bytes >> (selector >> 4 * i & 7) * 8 & 255) << 8 * i;
    return result;
}
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)

// fp16 as PTX converts it: to nearest even, too large becomes infinity, every NaN becomes 7fff.
EMU_INLINE float emu_half_to_float(unsigned short h) { _Float16 f; __builtin_memcpy(&f, &h, 2); return (float)f; }
EMU_INLINE unsigned short emu_float_to_half(float x) {
    _Float16 f = (_Float16)x;
    unsigned short h;
    __builtin_memcpy(&h, &f, 2);
    return x != x ? 0x7fff : h;
}
