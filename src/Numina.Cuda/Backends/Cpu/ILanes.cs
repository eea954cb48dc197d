using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// Sixteen floats that are computed with side by side, in as many registers as the instruction set needs. Every operation is exact or rounds each lane
/// as IEEE 754 says, and <see cref="Sum"/> has one order, so kernels written on lanes give the same bits on every machine.
/// </summary>
internal unsafe interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    static abstract TSelf Broadcast(float value);

    static abstract TSelf Load(float* source);

    /// <summary>Sixteen signed bytes.</summary>
    static abstract TSelf LoadInt8(byte* source);

    /// <summary>The low halves, as signed 4-bit numbers, of sixteen bytes.</summary>
    static abstract TSelf LoadLowNibbles(byte* source);

    /// <summary>The high halves, as signed 4-bit numbers, of sixteen bytes.</summary>
    static abstract TSelf LoadHighNibbles(byte* source);

    static abstract TSelf LoadInt16(byte* source);

    /// <summary>Sixteen halves, none of which is an infinity or not a number.</summary>
    static abstract TSelf LoadFloat16(byte* source);

    static abstract TSelf LoadBFloat16(byte* source);

    void Store(float* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>left * right + addend with a single rounding.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>The smaller; <paramref name="right"/> when that is not a number.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary><paramref name="value"/> where <paramref name="test"/> is not below <paramref name="limit"/>, else 0.</summary>
    static abstract TSelf ZeroWhereBelow(TSelf value, TSelf test, float limit);

    /// <summary>Adds the low bits of <paramref name="steps"/> (an integer plus 1.5 * 2^23) to the exponents: value * 2^integer when that is normal.</summary>
    static abstract TSelf AddToExponent(TSelf value, TSelf steps);

    /// <summary>The sum by halving: lane i with i + 8, then i + 4, i + 2, i + 1.</summary>
    float Sum();

    float Largest();
}

/// <summary>What is written on top of <see cref="ILanes{TSelf}"/>.</summary>
internal static unsafe class Lanes
{
    /// <summary>Lanes of every implementation.</summary>
    public const int Count = 16;

    private const float RoundingMagic = 12582912f;

    /// <summary>The first <paramref name="count"/> lanes from memory, the others <paramref name="rest"/>.</summary>
    public static T LoadPart<T>(float* source, int count, float rest = 0) where T : unmanaged, ILanes<T>
    {
        float* whole = stackalloc float[Count];
        for (int i = 0; i < Count; i++)
        {
            whole[i] = i < count ? source[i] : rest;
        }

        return T.Load(whole);
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    public static void StorePart<T>(T value, float* destination, int count) where T : unmanaged, ILanes<T>
    {
        float* whole = stackalloc float[Count];
        value.Store(whole);
        for (int i = 0; i < count; i++)
        {
            destination[i] = whole[i];
        }
    }

    /// <summary>
    /// e^x within 1 ulp or so: x = n ln 2 + r, then Taylor's series to r^7, whose rest is below a tenth of an ulp. Below -87.3 the result is 0, above 88.7 it stays
    /// e^88.7, which a softmax never asks for and a sigmoid does not notice.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x) where T : unmanaged, ILanes<T>
    {
        T bounded = T.Max(T.Broadcast(-87.3f), T.Min(T.Broadcast(88.7f), x));
        T steps = T.MultiplyAdd(bounded, T.Broadcast(1.44269504f), T.Broadcast(RoundingMagic));
        T n = steps - T.Broadcast(RoundingMagic);
        T r = T.MultiplyAdd(n, T.Broadcast(-0.693145751953125f), bounded);
        r = T.MultiplyAdd(n, T.Broadcast(-1.42860682e-6f), r);
        T series = T.MultiplyAdd(T.Broadcast(1f / 5040), r, T.Broadcast(1f / 720));
        series = T.MultiplyAdd(series, r, T.Broadcast(1f / 120));
        series = T.MultiplyAdd(series, r, T.Broadcast(1f / 24));
        series = T.MultiplyAdd(series, r, T.Broadcast(1f / 6));
        series = T.MultiplyAdd(series, r, T.Broadcast(0.5f));
        series = T.MultiplyAdd(series, r, T.Broadcast(1));
        series = T.MultiplyAdd(series, r, T.Broadcast(1));
        return T.ZeroWhereBelow(T.AddToExponent(series, steps), x, -87.3f);
    }
}
