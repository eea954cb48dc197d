using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Backends;
using Numina.Cuda.Tests.Cuda;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Every operation in every mode of the emulator against the scalar double reference.</summary>
[TestFixtureSource(typeof(EmulatorMode), nameof(EmulatorMode.All))]
internal sealed class EmulatedKernelTests(EmulatorMode mode)
{
    private CudaBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = CudaDevices.OpenEmulated(mode);

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [TestCaseSource(typeof(OpCase), nameof(OpCase.All))]
    public void Equals_the_reference(OpCase op) => op.Check(_backend);
}

/// <summary>The same on the CPU backend, on every SIMD width that this machine has.</summary>
[TestFixtureSource(typeof(CpuVariants), nameof(CpuVariants.All))]
internal sealed class CpuOperationTests(CpuOptions options)
{
    private CpuBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = new CpuBackend(options);

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [TestCaseSource(typeof(OpCase), nameof(OpCase.All))]
    public void Equals_the_reference(OpCase op) => op.Check(_backend);
}

/// <summary>The same in bfloat16.</summary>
[TestFixture]
internal sealed class EmulatedBFloat16KernelTests
{
    private CudaBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = CudaDevices.OpenEmulated(EmulatorMode.Plain, new CudaOptions { ActivationType = DType.BF16 });

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [TestCaseSource(typeof(OpCase), nameof(OpCase.All))]
    public void Equals_the_reference(OpCase op) => op.Check(_backend);
}

/// <summary>The same on the machine's GPU.</summary>
[TestFixture(DType.F16)]
[TestFixture(DType.BF16)]
internal sealed class GpuKernelTests(DType type)
{
    private CudaBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = CudaDevices.OpenGpu(new CudaOptions { ActivationType = type });

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [TestCaseSource(typeof(OpCase), nameof(OpCase.All))]
    public void Equals_the_reference(OpCase op) => op.Check(_backend);
}
