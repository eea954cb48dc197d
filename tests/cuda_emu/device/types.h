// Vector types, with the alignment that CUDA gives them.
#pragma once
#define EMU_VECTOR2(T, name, alignment) \
    struct __align__(alignment) name##2 { T x, y; }; \
    static inline name##2 make_##name##2(T x, T y) { name##2 v = {x, y}; return v; }
#define EMU_VECTOR4(T, name, alignment) \
    struct __align__(alignment) name##4 { T x, y, z, w; }; \
    static inline name##4 make_##name##4(T x, T y, T z, T w) { name##4 v = {x, y, z, w}; return v; }
EMU_VECTOR2(unsigned char, uchar, 2)
EMU_VECTOR4(unsigned char, uchar, 4)
EMU_VECTOR2(short, short, 4)
EMU_VECTOR4(short, short, 8)
EMU_VECTOR2(unsigned short, ushort, 4)
EMU_VECTOR4(unsigned short, ushort, 8)
EMU_VECTOR2(int, int, 8)
EMU_VECTOR4(int, int, 16)
EMU_VECTOR2(unsigned, uint, 8)
EMU_VECTOR4(unsigned, uint, 16)
EMU_VECTOR2(float, float, 8)
EMU_VECTOR4(float, float, 16)
EMU_VECTOR2(double, double, 16)
struct uint3 { unsigned x, y, z; };
