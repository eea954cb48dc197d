using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Sixteen floats in two AVX registers.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> a, Vector256<float> b) : ILanes<Lanes256>
{
    private readonly Vector256<float> _a = a;
    private readonly Vector256<float> _b = b;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Broadcast(float value)
    {
        Vector256<float> all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) =>
        new(Vector256.Load(source + 0), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadInt8(byte* source) =>
        new(Vector256.ConvertToSingle(Bytes(source + 0)), Vector256.ConvertToSingle(Bytes(source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadLowNibbles(byte* source) =>
        new(Vector256.ConvertToSingle((Bytes(source + 0) << 28) >> 28), Vector256.ConvertToSingle((Bytes(source + 8) << 28) >> 28));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadHighNibbles(byte* source) =>
        new(Vector256.ConvertToSingle(Bytes(source + 0) >> 4), Vector256.ConvertToSingle(Bytes(source + 8) >> 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadInt16(byte* source) =>
        new(Vector256.ConvertToSingle(Words((short*)source + 0)), Vector256.ConvertToSingle(Words((short*)source + 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadFloat16(byte* source) =>
        new(Half((short*)source + 0), Half((short*)source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 LoadBFloat16(byte* source) =>
        new((Words((short*)source + 0) << 16).AsSingle(), (Words((short*)source + 8) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        Vector256.Store(_a, destination + 0);
        Vector256.Store(_b, destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 left, Lanes256 right) =>
        new(left._a + right._a, left._b + right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 left, Lanes256 right) =>
        new(left._a - right._a, left._b - right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 left, Lanes256 right) =>
        new(left._a * right._a, left._b * right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 left, Lanes256 right) =>
        new(left._a / right._a, left._b / right._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 addend) =>
        new(Fma.MultiplyAdd(left._a, right._a, addend._a), Fma.MultiplyAdd(left._b, right._b, addend._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 left, Lanes256 right) =>
        new(Avx.Max(left._a, right._a), Avx.Max(left._b, right._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 left, Lanes256 right) =>
        new(Avx.Min(left._a, right._a), Avx.Min(left._b, right._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ZeroWhereBelow(Lanes256 value, Lanes256 test, float limit)
    {
        Vector256<float> bound = Vector256.Create(limit);
        return new(Vector256.AndNot(value._a, Vector256.LessThan(test._a, bound)), Vector256.AndNot(value._b, Vector256.LessThan(test._b, bound)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddToExponent(Lanes256 value, Lanes256 steps) =>
        new((value._a.AsInt32() + (steps._a.AsInt32() << 23)).AsSingle(), (value._b.AsInt32() + (steps._b.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum()
    {
        Vector256<float> eight = _a + _b;
        return FloatFormats.Sum(eight.GetLower() + eight.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest()
    {
        Vector256<float> eight = Avx.Max(_a, _b);
        return FloatFormats.Largest(Sse.Max(eight.GetLower(), eight.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Bytes(byte* source) => Avx2.ConvertToVector256Int32((sbyte*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Words(short* source) => Avx2.ConvertToVector256Int32(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Half(short* source) =>
        ((Words(source) << 13) & Vector256.Create(FloatFormats.HalfMask)).AsSingle() * Vector256.Create(FloatFormats.HalfScale);
}
