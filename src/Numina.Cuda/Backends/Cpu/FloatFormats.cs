using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Bit patterns of the 16-bit floats, and the last steps of reductions.</summary>
internal static class FloatFormats
{
    /// <summary>What is left of a sign-extended half shifted to a float's place: sign, exponent, mantissa.</summary>
    public const int HalfMask = unchecked((int)0x8FFFE000);

    /// <summary>2^112, the difference of the exponent biases. The product is exact, for subnormal halves too.</summary>
    public const float HalfScale = 5.1922968585348276e33f;

    /// <summary>The exponent bits of a half: all set in an infinity and in what is not a number.</summary>
    public const ushort HalfExponent = 0x7C00;

    public static float FromBFloat16(ushort bits) => BitConverter.Int32BitsToSingle(bits << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> four) => (four[0] + four[2]) + (four[1] + four[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector128<float> four) => MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
}
