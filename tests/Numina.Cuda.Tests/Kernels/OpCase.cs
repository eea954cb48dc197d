using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.References;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>One operation on one shape.</summary>
/// <param name="Name">Operation and shape.</param>
/// <param name="Run">Runs it and returns every number that it produced.</param>
internal sealed record OpCase(string Name, Func<OpRun, float[]> Run)
{
    /// <summary>How many roundings to the activation type a result is away from the exact one.</summary>
    public double Roundings { get; init; } = 2;

    /// <summary>Every case of every operation.</summary>
    public static IEnumerable<OpCase> All => [.. RowCases.All, .. MatMulCases.All, .. OrderCases.All, .. AttentionCases.All, .. SampleCases.All];

    /// <summary>Runs the case and compares it with the scalar double reference.</summary>
    public void Check(IBackend backend)
    {
        float[] actual = On(backend, backend.ActivationType), expected = Expected(backend.ActivationType);
        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        // F32: sums of hundreds of products in another order, exp to a few units in the last place.
        double unit = backend.ActivationType switch { DType.F16 => 1.0 / 2048, DType.BF16 => 1.0 / 256, _ => 1.0 / (1 << 18) }, error = 0, size = 0, worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = (double)actual[i] - expected[i];
            error += difference * difference;
            size += (double)expected[i] * expected[i];
            worst = Math.Max(worst, double.IsNaN(difference) ? double.PositiveInfinity : Math.Abs(difference));
        }

        double root = Math.Sqrt(size / Math.Max(expected.Length, 1)), largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        Assert.Multiple(() =>
        {
            Assert.That(Math.Sqrt(error / Math.Max(size, 1e-30)), Is.LessThanOrEqualTo(Roundings * unit * 0.6), "relative root mean square error");
            Assert.That(worst, Is.LessThanOrEqualTo(Roundings * unit * (largest + root)), "worst element");
        });
    }

    /// <summary>The raw result, for comparisons bit by bit.</summary>
    public float[] On(IBackend backend, DType precision)
    {
        using var run = new OpRun(backend, precision);
        return Run(run);
    }

    public override string ToString() => Name;

    private float[] Expected(DType precision)
    {
        using var reference = new ReferenceBackend();
        return On(reference, precision);
    }
}
