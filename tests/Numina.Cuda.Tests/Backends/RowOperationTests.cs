using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tensors;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Tests.Backends;

/// <summary>The operations on single rows against double precision; widths that fill no vector included.</summary>
[TestFixture]
internal sealed class RowOperationTests
{
    private static readonly int[] s_widths = [1, 15, 16, 34, 64, 136, 511, 2048];

    [TestCaseSource(nameof(s_widths))]
    public void Add_and_rms_norm(int width)
    {
        const int rows = 19;
        float[] x = HostTensors.Random(1, rows * width), delta = HostTensors.Random(2, rows * width), weight = HostTensors.Random(3, width);
        List<float[]> results = [];
        foreach (CpuOptions options in CpuVariants.All)
        {
            using var backend = new CpuBackend(options);
            using var tensors = new HostTensors(backend);
            Tensor residual = tensors.Put(new Shape(rows, width), x), output = tensors.Zeros(rows, width), plain = tensors.Zeros(rows, width);
            Tensor added = tensors.Put(new Shape(rows, width), delta), norm = tensors.Put(new Shape(width), weight);
            backend.AddRmsNorm(residual, added, norm, 1e-5f, output);
            backend.RmsNorm(residual, norm, 1e-5f, plain);
            Assert.That(tensors.Get(plain).AsSpan().SequenceEqual(tensors.Get(output)));
            float[] sum = tensors.Get(residual);
            Assert.That(sum.SequenceEqual(x.Zip(delta, (a, b) => a + b)));
            results.Add(tensors.Get(output));
            for (int i = 0; i < sum.Length; i++)
            {
                int start = i / width * width;
                double mean = sum[start..(start + width)].Sum(value => (double)value * value) / width;
                double expected = sum[i] / Math.Sqrt(mean + 1e-5f) * weight[i % width];
                Near(results[^1][i], expected, 1e-6 * (1 + Math.Abs(expected)), options);
            }
        }

        Assert.That(results.TrueForAll(result => result.AsSpan().SequenceEqual(results[0])));
    }

    [TestCaseSource(nameof(s_widths))]
    public void Swi_glu(int width)
    {
        const int rows = 9;
        float[] gateUp = HostTensors.Random(4, rows * 2 * width, 8);
        (gateUp[0], gateUp[width]) = (-100, 1);
        List<float[]> results = [];
        foreach (CpuOptions options in CpuVariants.All)
        {
            using var backend = new CpuBackend(options);
            using var tensors = new HostTensors(backend);
            Tensor output = tensors.Zeros(rows, width);
            backend.SwiGlu(tensors.Put(new Shape(rows, 2 * width), gateUp), output);
            results.Add(tensors.Get(output));
            for (int i = 0; i < rows * width; i++)
            {
                double gate = gateUp[i / width * 2 * width + i % width], up = gateUp[i / width * 2 * width + width + i % width];
                double expected = gate / (1 + Math.Exp(-gate)) * up;
                Near(results[^1][i], expected, 1e-30 + 6e-7 * Math.Abs(expected), options);
            }
        }

        Assert.That(results.TrueForAll(result => result.AsSpan().SequenceEqual(results[0])));
    }

    [TestCase(DType.F32)]
    [TestCase(DType.F16)]
    [TestCase(DType.BF16)]
    public void Embed_and_gather(DType type)
    {
        const int vocabulary = 37, width = 34;
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        using var weights = new TestWeights();
        using var tensors = new HostTensors(backend);
        DenseMatrix table = weights.Dense(5, vocabulary, width, type);
        using Buffer loaded = backend.LoadTable(table.Data);
        int[] tokens = [3, 36, 0, 3];
        Tensor output = tensors.Zeros(4, width), gathered = tensors.Zeros(2, width);
        backend.Embed(loaded.View(type, table.Data.Shape), tensors.Put(tokens), output);
        double[] expected = [.. tokens.SelectMany(token => TestWeights.Row(table, token))];
        Assert.That(tensors.Get(output), Is.EqualTo(expected));
        backend.GatherRows(output, tensors.Put(3, 1), gathered);
        Assert.That(tensors.Get(gathered), Is.EqualTo(expected[(3 * width)..].Concat(expected[width..(2 * width)])));
        Assert.That(
            () => backend.Embed(loaded.View(type, table.Data.Shape), tensors.Put(3, 37, 0, 3), output), Throws.ArgumentException.With.Message.Contains("37"));
    }

    [Test]
    public unsafe void Exponential_is_within_two_ulps_and_ends_at_zero()
    {
        float* values = stackalloc float[Lanes.Count];
        for (float x = -87; x < 88; x += 0.37f)
        {
            for (int i = 0; i < Lanes.Count; i++)
            {
                values[i] = x + i * 0.013f;
            }

            float[] inputs = new Span<float>(values, Lanes.Count).ToArray();
            Lanes.Exp(Lanes128.Load(values)).Store(values);
            for (int i = 0; i < Lanes.Count; i++)
            {
                double expected = Math.Exp(inputs[i]);
                double ulp = MathF.BitIncrement((float)expected) - (float)expected;
                Assert.That(values[i], Is.EqualTo(expected).Within(1.5 * ulp), $"e^{inputs[i]}");
            }
        }

        Lanes128.Broadcast(float.NegativeInfinity).Store(values);
        Lanes.Exp(Lanes128.Load(values)).Store(values);
        Assert.That(values[3], Is.Zero);
        Lanes.Exp(Lanes128.Broadcast(float.NaN)).Store(values);
        Assert.That(values[3], Is.NaN);
    }

    [Test]
    public void Tensors_of_the_wrong_shape_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var tensors = new HostTensors(backend);
        Assert.That(() => backend.AddRmsNorm(tensors.Zeros(2, 3), tensors.Zeros(2, 4), tensors.Zeros(1, 3), 1, tensors.Zeros(2, 3)), Throws.ArgumentException.With.Message.Contains("[2, 4], expected F32 [2, 3]"));
    }

    /// <summary>NUnit's constraint only where it fails: it costs microseconds, and there are hundreds of thousands of elements.</summary>
    private static void Near(float actual, double expected, double tolerance, CpuOptions options)
    {
        if (!(Math.Abs(actual - expected) <= tolerance))
        {
            Assert.That(actual, Is.EqualTo(expected).Within(tolerance), options.ToString());
        }
    }
}
