using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Cuda;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>An act-order permutation folded into whoever writes the activations: the bits of the gathered one, without a gather.</summary>
[TestFixture]
internal sealed class FoldedOrderTests
{
    [TestCase(true, TestName = "Folded is gathered, bit for bit: one order")]
    [TestCase(false, TestName = "Folded is gathered, bit for bit: three orders")]
    public void An_order_that_the_norm_writes_gives_the_bits_of_a_gathered_one(bool sameOrder)
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using var run = new OpRun(backend, DType.F16);
        Assert.That(OrderCases.Attention(run, Parts(run, sameOrder), chooses: true), Is.EqualTo(OrderCases.Attention(run, Parts(run, sameOrder), chooses: false)));
    }

    [Test]
    public void An_order_that_gate_and_up_are_packed_in_gives_the_bits_of_a_gathered_one()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using var run = new OpRun(backend, DType.F16);
        Assert.That(Mlp(run, chooses: true), Is.EqualTo(Mlp(run, chooses: false)));
    }

    [Test]
    public void A_shared_order_needs_no_gather_and_orders_that_differ_do()
    {
        using KernelFolder kernels = new KernelFolder().Without("gather_columns");
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain, new CudaOptions { KernelDirectory = kernels.Folder });
        using var run = new OpRun(backend, DType.F16);
        Assert.That(() => OrderCases.Attention(run, Parts(run, sameOrder: true), chooses: true), Throws.Nothing);
        Assert.That(() => Mlp(run, chooses: true), Throws.Nothing);
        Assert.That(() => OrderCases.Attention(run, Parts(run, sameOrder: false), chooses: true), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("gather_columns.cu"));
        Assert.That(() => Mlp(run, chooses: false), Throws.InstanceOf<FileNotFoundException>().With.Message.Contains("gather_columns.cu"));
    }

    private static QuantizedMatrix[] Parts(OpRun run, bool sameOrder) =>
        [.. new[] { 64, 24, 40 }.Select((n, i) => MatMulCases.Matrix(run, i, n, 128, 8, 4, actOrder: true, orderSeed: sameOrder ? 1 : i))];

    private static float[] Mlp(OpRun run, bool chooses) => OrderCases.Mlp(
        run,
        [MatMulCases.Matrix(run, 1, 128, 64, 8, 2, actOrder: true), MatMulCases.Matrix(run, 2, 128, 64, 8, 2, actOrder: true)],
        MatMulCases.Matrix(run, 3, 64, 128, 8, 4, actOrder: true),
        chooses);
}
