using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.Model;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>A row's bits: the same in any order of threads, in any batch, in any cut of a sequence into steps, on shared pages or on its own.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Fast))]
internal sealed class DeterminismTests(string device)
{
    private static readonly AttentionCases.Layout s_layout = new(4, 2, 32, 16);
    private IBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = Devices.Open(device);

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [Test]
    public void A_row_of_a_matmul_is_the_same_in_every_batch([Values(4, 8, 16)] int bits)
    {
        // 300 rows and 70 take the wide form (on a GPU as many columns as fill it), 64 and fewer the other.
        const int rows = 300, k = 640;
        int n = 8 + 128 * (_backend is CudaBackend cuda ? cuda.Device.Multiprocessors : 4);
        using var run = new OpRun(_backend, _backend.ActivationType);
        WeightMatrix matrix = bits == 16
            ? new DenseMatrix(run.Host(new Shape(n, k), DType.F16, OpRun.Numbers(1, n * k)))
            : MatMulCases.Matrix(run, 1, n, k, bits, 5, actOrder: true);
        using LinearWeight weight = _backend.LoadLinear([matrix], null);
        float[] input = OpRun.Numbers(2, rows * k);
        float[] all = Multiply(run, weight, input);
        foreach (int count in new[] { 1, 8, 9, 17, 33, 64, 70 })
        {
            float[] some = Multiply(run, weight, input[((rows - count) * k)..]);
            Assert.That(some, Is.EqualTo(all[((rows - count) * n)..]), $"{count} rows");
        }
    }

    [Test]
    public void A_token_is_the_same_in_every_cut_of_its_sequence_into_steps()
    {
        const int length = 150;
        float[] whole = Run([length]);
        Assert.Multiple(() =>
        {
            Assert.That(Run(100, 1, 49), Is.EqualTo(whole), "chunks with a decode step between");
            Assert.That(Run(length - 1, 1), Is.EqualTo(whole), "the last token alone");
            Assert.That(Run([3, .. Enumerable.Repeat(1, 20), length - 23]), Is.EqualTo(whole), "many single tokens");
        });
    }

    [Test]
    public void A_sequence_is_the_same_beside_others_and_on_shared_pages()
    {
        // Sequence 1's inputs differ from 0's, so it is sequence 0 that is compared: alone, beside others, and with its prefix shared.
        float[] alone = Last([new([144]), new([1])], 1), beside = Last([new([144, 7]), new([1, 1, 30])], 1);
        float[] shared = Last([new([144]), new([1, 1, 1]) { SharedPages = 9 }], 1), mixed = Last([new([144]), new([1, 6, 1]) { SharedPages = 9 }], 1);
        Assert.Multiple(() =>
        {
            Assert.That(beside, Is.EqualTo(alone), "beside others");
            Assert.That(shared, Is.EqualTo(alone), "shared prefix");
            Assert.That(mixed, Is.EqualTo(alone), "shared prefix, another sequence prefills");
        });
    }

    [Test]
    public void A_draw_is_the_same_in_every_batch()
    {
        using var run = new OpRun(_backend, _backend.ActivationType);
        const int vocabulary = 700, rows = 9;
        float[] logits = OpRun.Numbers(3, rows * vocabulary, 2);
        SamplingRow[] settings = [.. Enumerable.Range(0, rows).Select(i => SampleCases.Row(i) with { TopP = i % 2 == 0 ? 0.8f : 1 })];
        float[] all = SampleCases.Draw(run, vocabulary, logits, settings);
        for (int i = 0; i < rows; i++)
        {
            Assert.That(SampleCases.Draw(run, vocabulary, logits[(i * vocabulary)..((i + 1) * vocabulary)], [settings[i]]), Is.EqualTo(all[(2 * i)..(2 * i + 2)]));
        }
    }

    /// <summary>Sequence 0's outputs of the last step: as many tokens as asked for.</summary>
    private float[] Last(AttentionCases.Step[] steps, int tokens)
    {
        using var run = new OpRun(_backend, _backend.ActivationType);
        float[] outputs = AttentionCases.Run(run, s_layout, steps);
        int width = s_layout.Heads * s_layout.HeadDim, last = steps[^1].Lengths.Sum() * width;
        return outputs[^last..][..(tokens * width)];
    }

    private float[] Run(params int[] lengths)
    {
        using var run = new OpRun(_backend, _backend.ActivationType);
        return AttentionCases.Run(run, s_layout, [.. lengths.Select(length => new AttentionCases.Step([length]))]);
    }

    private static float[] Multiply(OpRun run, LinearWeight weight, float[] input)
    {
        int rows = input.Length / weight.InFeatures;
        // To F32: rounding to 16 bits would hide another order of the sum.
        Tensor output = run.Logits(rows, weight.OutFeatures);
        run.Backend.MatMul(weight, run.Activations(new Shape(rows, weight.InFeatures), input), output);
        return run.Read(output);
    }
}

/// <summary>The same bits whatever order the threads run in and whatever memory held before.</summary>
[TestFixture]
internal sealed class ThreadOrderTests
{
    [TestCaseSource(typeof(OpCase), nameof(OpCase.All))]
    public void The_order_of_threads_does_not_matter(OpCase op)
    {
        float[][] results = [.. new[] { EmulatorMode.Plain, EmulatorMode.Reverse, EmulatorMode.Shuffled, EmulatorMode.Lazy }.Select(mode =>
        {
            using CudaBackend backend = CudaDevices.OpenEmulated(mode);
            return op.On(backend, backend.ActivationType);
        })];
        Assert.That(results.Skip(1), Is.All.EqualTo(results[0]));
    }
}
