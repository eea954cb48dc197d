using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Model;

internal static class Numbers
{
    private const double AbsoluteTolerance = 2e-4;
    private const double MeanSquareTolerance = 1e-5;

    /// <summary>As near as activations of a type can be: F32 element by element, 16 bits by the mean square error over the mean square.</summary>
    public static void AssertClose(IReadOnlyList<double> actual, IReadOnlyList<double> expected, DType activations, string name)
    {
        if (activations == DType.F32)
        {
            AssertClose(actual, expected, AbsoluteTolerance, name);
            return;
        }

        Assert.That(actual, Has.Count.EqualTo(expected.Count), name);
        double error = actual.Zip(expected, (a, b) => (a - b) * (a - b)).Sum(), size = expected.Sum(b => b * b);
        Assert.That(error / size, Is.LessThan(MeanSquareTolerance), $"{name}: normalised mean square error");
    }

    /// <summary>The lead of the best token under which two devices may choose otherwise.</summary>
    public static double SafeMargin(DType activations) => activations == DType.F32 ? 1e-3 : 0.05;

    /// <summary>Every element within <paramref name="tolerance"/>; the message names the worst.</summary>
    public static void AssertClose(IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance, string name)
    {
        Assert.That(actual, Has.Count.EqualTo(expected.Count), name);
        int worst = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            // Written so that NaN counts as the worst.
            worst = Math.Abs(actual[i] - expected[i]) <= Math.Abs(actual[worst] - expected[worst]) ? worst : i;
        }

        Assert.That(Math.Abs(actual[worst] - expected[worst]), Is.LessThanOrEqualTo(tolerance), $"{name}[{worst}]: expected {expected[worst]}, found {actual[worst]}");
    }
}
