using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Backends;

/// <summary>The matrix product against sums in double precision, and its bits against themselves.</summary>
[TestFixture]
internal sealed class MatMulTests
{
    private static readonly int[] s_rowCounts = [2, 3, 5, 7, 8, 9, 12, 13, 16, 17, 64, 300];

    /// <summary>Of batches of these sizes, one for each place in the tiles and the last.</summary>
    private static readonly int[] s_comparedRows = [.. Enumerable.Range(0, 18), 59, 63, 288, 299];

    private static IEnumerable<TestCaseData> Weights()
    {
        using var none = new TestWeights();
        TestCaseData Case(string name, Func<TestWeights, WeightMatrix[]> make) => new TestCaseData(make).SetArgDisplayNames(name);
        foreach (DType type in new[] { DType.F32, DType.F16, DType.BF16 })
        {
            yield return Case($"dense {type}", w => [w.Dense(1, 64, 256, type)]);
            yield return Case($"dense {type}, odd sizes", w => [w.Dense(2, 511, 136, type)]);
            yield return Case($"dense {type}, one output", w => [w.Dense(3, 1, 17, type)]);
            yield return Case($"dense {type}, stacked at odd rows", w => [w.Dense(4, 34, 200, type), w.Dense(5, 17, 200, type), w.Dense(6, 17, 200, type)]);
        }

        foreach (int bits in new[] { 8, 4 })
        {
            yield return Case($"int{bits}", w => [w.Quantized(7, 64, 256, bits, 2)]);
            yield return Case($"int{bits}, symmetric", w => [w.Quantized(8, 96, 256, bits, 4, symmetric: true)]);
            yield return Case($"int{bits}, one group", w => [w.Quantized(9, 40, 136, bits, 1)]);
            yield return Case($"int{bits}, group 8, F32 scales", w => [w.Quantized(10, 72, 136, bits, 17, DType.F32)]);
            yield return Case($"int{bits}, BF16 scales", w => [w.Quantized(11, 32, 128, bits, 4, DType.BF16)]);
            yield return Case($"int{bits}, act-order", w => [w.Quantized(12, 104, 192, bits, 6, actOrder: true)]);
            yield return Case(
                $"int{bits}, stacked, three orders",
                w => [w.Quantized(13, 40, 128, bits, 4, actOrder: true), w.Quantized(14, 24, 128, bits, 4), w.Quantized(15, 72, 128, bits, 2, actOrder: true)]);
            yield return Case(
                $"int{bits}, stacked, one order",
                w => [w.Quantized(16, 40, 128, bits, 4, actOrder: true), w.Quantized(16, 24, 128, bits, 4, actOrder: true)]);
        }

        yield return Case("AWQ", w => [w.Quantized(17, 72, 128, 4, 4, packing: CodePacking.AlongRowsInterleaved)]);
        yield return Case("AWQ and dense stacked", w => [w.Quantized(18, 40, 128, 4, 2, packing: CodePacking.AlongRowsInterleaved), w.Dense(19, 9, 128, DType.BF16)]);
    }

    [TestCaseSource(nameof(Weights))]
    public void Product_is_that_of_double_precision(Func<TestWeights, WeightMatrix[]> make)
    {
        const int rows = 3;
        using var weights = new TestWeights();
        WeightMatrix[] parts = make(weights);
        int inputs = parts[0].Columns, outputs = parts.Sum(part => part.Rows);
        float[] x = HostTensors.Random(100, rows * inputs);
        float[] bias = HostTensors.Random(101, outputs);
        double[][] w = [.. parts.SelectMany(part => Enumerable.Range(0, part.Rows).Select(n => TestWeights.Row(part, n)))];
        foreach (CpuOptions options in CpuVariants.All)
        {
            float[] y = Multiply(options, parts, bias, x, rows);
            for (int i = 0; i < y.Length; i++)
            {
                double expected = bias[i % outputs], magnitude = 1e-3;
                for (int k = 0; k < inputs; k++)
                {
                    double term = w[i % outputs][k] * x[i / outputs * inputs + k];
                    expected += term;
                    magnitude += Math.Abs(term);
                }

                if (!(Math.Abs(y[i] - expected) <= magnitude * 1e-6))
                {
                    Assert.Fail($"{options}: row {i / outputs}, output {i % outputs}: expected {expected}, got {y[i]}");
                }
            }
        }
    }

    [TestCaseSource(nameof(Weights))]
    public void A_row_has_the_same_bits_in_any_batch_on_any_width_and_threads(Func<TestWeights, WeightMatrix[]> make)
    {
        using var weights = new TestWeights();
        WeightMatrix[] parts = make(weights);
        int inputs = parts[0].Columns, outputs = parts.Sum(part => part.Rows), most = s_rowCounts.Max();
        float[] bias = HostTensors.Random(101, outputs);
        float[] x = HostTensors.Random(102, most * inputs);
        var portable = new CpuOptions { InstructionSet = CpuInstructionSet.Vector128, Threads = 1 };
        Dictionary<int, float[]> alone = s_comparedRows.ToDictionary(
            row => row, row => Multiply(portable, parts, bias, x[(row * inputs)..((row + 1) * inputs)], 1));
        foreach (CpuOptions options in CpuVariants.All)
        {
            foreach (int rows in s_rowCounts)
            {
                float[] y = Multiply(options, parts, bias, x[..(rows * inputs)], rows);
                foreach (int row in s_comparedRows.Where(row => row < rows))
                {
                    Assert.That(y.AsSpan(row * outputs, outputs).SequenceEqual(alone[row]), $"{options}, row {row} of {rows}");
                }
            }
        }
    }

    [Test]
    public void Weights_that_do_not_fit_together_are_refused()
    {
        using var weights = new TestWeights();
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        WeightMatrix narrow = weights.Dense(1, 4, 8, DType.F32), wide = weights.Dense(1, 4, 16, DType.F32);
        Assert.That(() => backend.LoadLinear([narrow, wide], null), Throws.ArgumentException.With.Message.Contains("8 and 16"));
        Assert.That(() => backend.LoadLinear([narrow], new float[3]), Throws.ArgumentException.With.Message.Contains("3 elements"));
        Assert.That(() => backend.LoadLinear([], null), Throws.ArgumentException);
    }

    [Test]
    public void An_infinite_half_stays_infinite()
    {
        using var weights = new TestWeights();
        DenseMatrix matrix = weights.Dense(1, 2, 4, DType.F16);
        matrix.Data.AsSpan<Half>()[5] = Half.PositiveInfinity;
        float[] y = Multiply(new CpuOptions { Threads = 1 }, [matrix], null, [1, 1, 1, 1], 1);
        Assert.That(float.IsFinite(y[0]) && float.IsPositiveInfinity(y[1]));
    }

    private static float[] Multiply(CpuOptions options, WeightMatrix[] parts, float[]? bias, float[] x, int rows)
    {
        int outputs = parts.Sum(part => part.Rows);
        using var backend = new CpuBackend(options);
        using var tensors = new HostTensors(backend);
        using LinearWeight weight = backend.LoadLinear(parts, bias);
        Tensor output = tensors.Zeros(rows, outputs);
        backend.MatMul(weight, tensors.Put(new Shape(rows, parts[0].Columns), x), output);
        return tensors.Get(output);
    }
}
