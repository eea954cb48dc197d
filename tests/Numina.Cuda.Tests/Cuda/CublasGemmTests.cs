using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Kernels;

namespace Numina.Cuda.Tests.Cuda;

/// <summary>The yardstick of the bench against double arithmetic, on the emulator and on the machine's GPU.</summary>
[TestFixture]
internal sealed class CublasGemmTests
{
    [TestCase(DType.F16, DType.F16)]
    [TestCase(DType.F16, DType.F32)]
    [TestCase(DType.BF16, DType.BF16)]
    public void Equals_double_arithmetic(DType type, DType output)
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Lazy, new CudaOptions { ActivationType = type });
        Check(backend, output);
    }

    [TestCase(DType.F16)]
    [TestCase(DType.BF16)]
    public void Equals_double_arithmetic_Gpu(DType type)
    {
        using CudaBackend backend = CudaDevices.OpenGpu(new CudaOptions { ActivationType = type });
        try
        {
            Check(backend, type);
        }
        catch (CudaUnavailableException missing)
        {
            Assert.Ignore(missing.Message);
        }
    }

    [Test]
    public void A_graph_repeats_a_product()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using CublasGemm cublas = CublasGemm.Open(backend);
        using var run = new OpRun(backend, DType.F16);
        Tensor input = run.Activations(new Shape(1, 2), [3, 4]), weight = run.Activations(new Shape(1, 2), [5, 6]), output = run.Output(1, 1);
        using RecordedStep step = backend.Record(() => cublas.MatMul(input, weight, output));
        Assert.That(run.Read(output), Is.EqualTo(new float[] { 0 }), "recorded, not run");
        backend.Replay(step);
        Assert.That(run.Read(output), Is.EqualTo(new float[] { 39 }));
    }

    [Test]
    public void Operands_that_do_not_fit_are_refused()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using CublasGemm cublas = CublasGemm.Open(backend);
        using var run = new OpRun(backend, DType.F16);
        Assert.That(() => cublas.MatMul(run.Output(1, 8), run.Output(4, 7), run.Output(1, 4)), Throws.ArgumentException.With.Message.Contains("weight [4, 7]"));
    }

    [Test]
    public void A_status_is_named()
    {
        CudaDevices.RequireEmulator();
        Assert.That(
            () => CublasHandle.Check(7),
            Throws.InstanceOf<CudaException>().With.Message.Contains("CUBLAS_STATUS_INVALID_VALUE (7): an unsupported value"));
    }

    private static void Check(CudaBackend backend, DType output)
    {
        const int rows = 5, inputs = 70, outputs = 33;
        using CublasGemm cublas = CublasGemm.Open(backend);
        using var run = new OpRun(backend, backend.ActivationType);
        Tensor x = run.Random(1, rows, inputs), w = run.Random(2, outputs, inputs), y = output == DType.F32 ? run.Logits(rows, outputs) : run.Output(rows, outputs);
        cublas.MatMul(x, w, y);
        float[] input = run.Read(x), weight = run.Read(w), actual = run.Read(y);
        double unit = output switch { DType.F16 => 1.0 / 2048, DType.BF16 => 1.0 / 256, _ => 1e-6 };
        for (int i = 0; i < actual.Length; i++)
        {
            double sum = 0, size = 0;
            for (int k = 0; k < inputs; k++)
            {
                double product = (double)input[i / outputs * inputs + k] * weight[i % outputs * inputs + k];
                sum += product;
                size += Math.Abs(product);
            }

            // One rounding of the result, and the sum's own in fp32.
            Assert.That(actual[i], Is.EqualTo(sum).Within(unit * Math.Abs(sum) + size * 1e-6), $"element {i}");
        }
    }
}
