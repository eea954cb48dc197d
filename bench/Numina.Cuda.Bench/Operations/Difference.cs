using Numina.Cuda.Tensors;

namespace Numina.Cuda.Bench.Operations;

/// <summary>How far results are from the expected ones.</summary>
/// <param name="Relative">Root mean square of the errors by that of the expected values.</param>
/// <param name="Worst">The largest error by the sum of the largest expected value and their root mean square.</param>
internal readonly record struct Difference(double Relative, double Worst)
{
    // Of roundings to the activation type.
    private const double AllowedRelative = 4, AllowedWorst = 8;

    /// <summary>Not the same thing at all.</summary>
    public static Difference Total => new(double.PositiveInfinity, double.PositiveInfinity);

    public static Difference Of(IReadOnlyList<float> actual, IReadOnlyList<float> expected)
    {
        if (actual.Count != expected.Count)
        {
            throw new ArgumentException($"{actual.Count} results where {expected.Count} are expected", nameof(actual));
        }

        double error = 0, size = 0, worst = 0, largest = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            double difference = (double)actual[i] - expected[i];
            // What is not finite is as wrong as can be.
            double wrong = double.IsFinite(difference) ? Math.Abs(difference) : double.PositiveInfinity;
            worst = Math.Max(worst, wrong);
            error += wrong * wrong;
            size += (double)expected[i] * expected[i];
            largest = Math.Max(largest, Math.Abs((double)expected[i]));
        }

        double root = Math.Sqrt(size / Math.Max(1, expected.Count));
        return new Difference(Math.Sqrt(error / Math.Max(size, 1e-30)), worst / Math.Max(largest + root, 1e-30));
    }

    /// <summary>Within a few roundings to the activation type.</summary>
    public bool IsWithin(DType type)
    {
        double unit = type switch { DType.F16 => 1.0 / 2048, DType.BF16 => 1.0 / 256, _ => 1e-6 };
        return Relative <= AllowedRelative * unit && Worst <= AllowedWorst * unit;
    }
}
