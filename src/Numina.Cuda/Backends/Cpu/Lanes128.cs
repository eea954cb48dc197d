using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Sixteen floats in four portable 128-bit vectors.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : ILanes<Lanes128>
{
    private readonly Vector128<float> _a = a;
    private readonly Vector128<float> _b = b;
    private readonly Vector128<float> _c = c;
    private readonly Vector128<float> _d = d;

    public static bool IsSupported => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value)
    {
        Vector128<float> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) =>
        new(Vector128.Load(source + 0), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadInt8(byte* source) =>
        new(Vector128.ConvertToSingle(Bytes(source + 0)), Vector128.ConvertToSingle(Bytes(source + 4)), Vector128.ConvertToSingle(Bytes(source + 8)), Vector128.ConvertToSingle(Bytes(source + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadLowNibbles(byte* source) =>
        new(Vector128.ConvertToSingle((Bytes(source + 0) << 28) >> 28), Vector128.ConvertToSingle((Bytes(source + 4) << 28) >> 28), Vector128.ConvertToSingle((Bytes(source + 8) << 28) >> 28), Vector128.ConvertToSingle((Bytes(source + 12) << 28) >> 28));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadHighNibbles(byte* source) =>
        new(Vector128.ConvertToSingle(Bytes(source + 0) >> 4), Vector128.ConvertToSingle(Bytes(source + 4) >> 4), Vector128.ConvertToSingle(Bytes(source + 8) >> 4), Vector128.ConvertToSingle(Bytes(source + 12) >> 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadInt16(byte* source) =>
        new(Vector128.ConvertToSingle(Words((short*)source + 0)), Vector128.ConvertToSingle(Words((short*)source + 4)), Vector128.ConvertToSingle(Words((short*)source + 8)), Vector128.ConvertToSingle(Words((short*)source + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadFloat16(byte* source) =>
        new(Half((short*)source + 0), Half((short*)source + 4), Half((short*)source + 8), Half((short*)source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBFloat16(byte* source) =>
        new((Words((short*)source + 0) << 16).AsSingle(), (Words((short*)source + 4) << 16).AsSingle(), (Words((short*)source + 8) << 16).AsSingle(), (Words((short*)source + 12) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        Vector128.Store(_a, destination + 0);
        Vector128.Store(_b, destination + 4);
        Vector128.Store(_c, destination + 8);
        Vector128.Store(_d, destination + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 left, Lanes128 right) =>
        new(left._a + right._a, left._b + right._b, left._c + right._c, left._d + right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 left, Lanes128 right) =>
        new(left._a - right._a, left._b - right._b, left._c - right._c, left._d - right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 left, Lanes128 right) =>
        new(left._a * right._a, left._b * right._b, left._c * right._c, left._d * right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 left, Lanes128 right) =>
        new(left._a / right._a, left._b / right._b, left._c / right._c, left._d / right._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 addend) =>
        new(Vector128.FusedMultiplyAdd(left._a, right._a, addend._a), Vector128.FusedMultiplyAdd(left._b, right._b, addend._b), Vector128.FusedMultiplyAdd(left._c, right._c, addend._c), Vector128.FusedMultiplyAdd(left._d, right._d, addend._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 left, Lanes128 right) =>
        new(Vector128.MaxNative(left._a, right._a), Vector128.MaxNative(left._b, right._b), Vector128.MaxNative(left._c, right._c), Vector128.MaxNative(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 left, Lanes128 right) =>
        new(Vector128.MinNative(left._a, right._a), Vector128.MinNative(left._b, right._b), Vector128.MinNative(left._c, right._c), Vector128.MinNative(left._d, right._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ZeroWhereBelow(Lanes128 value, Lanes128 test, float limit)
    {
        Vector128<float> bound = Vector128.Create(limit);
        return new(Vector128.AndNot(value._a, Vector128.LessThan(test._a, bound)), Vector128.AndNot(value._b, Vector128.LessThan(test._b, bound)), Vector128.AndNot(value._c, Vector128.LessThan(test._c, bound)), Vector128.AndNot(value._d, Vector128.LessThan(test._d, bound)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddToExponent(Lanes128 value, Lanes128 steps) =>
        new((value._a.AsInt32() + (steps._a.AsInt32() << 23)).AsSingle(), (value._b.AsInt32() + (steps._b.AsInt32() << 23)).AsSingle(), (value._c.AsInt32() + (steps._c.AsInt32() << 23)).AsSingle(), (value._d.AsInt32() + (steps._d.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => FloatFormats.Sum((_a + _c) + (_b + _d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest() =>
        FloatFormats.Largest(Vector128.MaxNative(Vector128.MaxNative(_a, _c), Vector128.MaxNative(_b, _d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Bytes(byte* source)
    {
        Vector128<sbyte> four = Vector128.CreateScalarUnsafe(*(int*)source).AsSByte();
        return Vector128.WidenLower(Vector128.WidenLower(four));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Words(short* source) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Half(short* source) =>
        ((Words(source) << 13) & Vector128.Create(FloatFormats.HalfMask)).AsSingle() * Vector128.Create(FloatFormats.HalfScale);
}
