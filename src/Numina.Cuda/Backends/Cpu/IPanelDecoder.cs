using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Turns the 32 stored elements of one input feature into two times sixteen lanes, in registers.</summary>
internal unsafe interface IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    /// <summary>Bytes of the elements of one input feature.</summary>
    static abstract int Bytes { get; }

    /// <summary>Outputs 0 to 15, less their zero points.</summary>
    static abstract T First(byte* source, T zeros);

    /// <summary>Outputs 16 to 31, less their zero points.</summary>
    static abstract T Second(byte* source, T zeros);
}

internal unsafe struct SymmetricInt8<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.LoadInt8(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.LoadInt8(source + 16);
}

/// <summary>Code and zero point are small integers: their difference is exact.</summary>
internal unsafe struct Int8<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.LoadInt8(source) - zeros;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.LoadInt8(source + 16) - zeros;
}

internal unsafe struct SymmetricInt4<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.LoadLowNibbles(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.LoadHighNibbles(source);
}

internal unsafe struct Int4<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.LoadLowNibbles(source) - zeros;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.LoadHighNibbles(source) - zeros;
}

internal unsafe struct Float16<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.LoadFloat16(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.LoadFloat16(source + 32);
}

internal unsafe struct BFloat16<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.LoadBFloat16(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.LoadBFloat16(source + 32);
}

internal unsafe struct Float32<T> : IPanelDecoder<T> where T : unmanaged, ILanes<T>
{
    public static int Bytes => 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(byte* source, T zeros) => T.Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Second(byte* source, T zeros) => T.Load((float*)source + 16);
}
