using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Sixteen floats in one AVX-512 register.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> _value = value;

    public static bool IsSupported => Avx512F.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadInt8(byte* source) => new(Vector512.ConvertToSingle(Bytes(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadLowNibbles(byte* source) => new(Vector512.ConvertToSingle((Bytes(source) << 28) >> 28));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadHighNibbles(byte* source) => new(Vector512.ConvertToSingle(Bytes(source) >> 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadInt16(byte* source) => new(Vector512.ConvertToSingle(Words(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadFloat16(byte* source) =>
        new(((Words(source) << 13) & Vector512.Create(FloatFormats.HalfMask)).AsSingle() * Vector512.Create(FloatFormats.HalfScale));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBFloat16(byte* source) => new((Words(source) << 16).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => Vector512.Store(_value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left._value / right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 addend) =>
        new(Avx512F.FusedMultiplyAdd(left._value, right._value, addend._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Avx512F.Max(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Avx512F.Min(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ZeroWhereBelow(Lanes512 value, Lanes512 test, float limit) =>
        new(Vector512.AndNot(value._value, Vector512.LessThan(test._value, Vector512.Create(limit))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddToExponent(Lanes512 value, Lanes512 steps) =>
        new((value._value.AsInt32() + (steps._value.AsInt32() << 23)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum()
    {
        Vector256<float> eight = _value.GetLower() + _value.GetUpper();
        return FloatFormats.Sum(eight.GetLower() + eight.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest()
    {
        Vector256<float> eight = Avx.Max(_value.GetLower(), _value.GetUpper());
        return FloatFormats.Largest(Sse.Max(eight.GetLower(), eight.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Bytes(byte* source) => Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Words(byte* source) => Avx512F.ConvertToVector512Int32(Vector256.Load((short*)source));
}
