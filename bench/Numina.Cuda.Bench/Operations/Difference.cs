using Numina.Cuda.Tensors;
using Elements = Numina.Cuda.Evaluation.Difference;

namespace Numina.Cuda.Bench.Operations;

/// <summary>How far results are from the expected ones, in relation to these.</summary>
/// <param name="Relative">Root mean square of the errors by that of the expected values.</param>
/// <param name="Worst">The largest error by the sum of the largest expected value and their root mean square. NaN, as the other, when a result is not finite.</param>
internal readonly record struct Difference(double Relative, double Worst)
{
    // Of roundings to the activation type.
    private const double AllowedRelative = 4, AllowedWorst = 8;

    /// <summary>Not the same thing at all.</summary>
    public static Difference Total => new(double.PositiveInfinity, double.PositiveInfinity);

    public static Difference Of(float[] actual, float[] expected)
    {
        Elements elements = Elements.Between(actual, expected);
        double largest = expected.Max(Math.Abs), root = Math.Sqrt(expected.Average(value => (double)value * value));
        return new Difference(Math.Sqrt(elements.Nmse), elements.MaxAbsolute / Math.Max(largest + root, 1e-30));
    }

    /// <summary>Within a few roundings to the activation type. NaN never is.</summary>
    public bool IsWithin(DType type)
    {
        double unit = type switch { DType.F16 => 1.0 / 2048, DType.BF16 => 1.0 / 256, _ => 1e-6 };
        return Relative <= AllowedRelative * unit && Worst <= AllowedWorst * unit;
    }
}
