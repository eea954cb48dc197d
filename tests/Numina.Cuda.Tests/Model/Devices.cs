using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.References;

namespace Numina.Cuda.Tests.Model;

/// <summary>The devices that suites run on, by name. One that this machine lacks is skipped with its reason.</summary>
internal static class Devices
{
    public const string Reference = "Reference";

    public const string Cpu = "Cpu";

    /// <summary>The CUDA backend on the emulated driver.</summary>
    public const string Emulated = "Emulated";

    /// <summary>The CUDA backend on the machine's GPU.</summary>
    public const string Gpu = "Gpu";

    /// <summary>Those that are fast enough for every test.</summary>
    public static IEnumerable<string> Fast => [Cpu, Emulated, Gpu];

    /// <summary>Those and the scalar reference.</summary>
    public static IEnumerable<string> All => [Reference, .. Fast];

    /// <summary>A new backend; skips the test when the device is absent.</summary>
    public static IBackend Open(string device) => device switch
    {
        Reference => new ReferenceBackend(),
        Cpu => new CpuBackend(new CpuOptions()),
        Emulated => CudaDevices.OpenEmulated(EmulatorMode.Fast),
        Gpu => CudaDevices.OpenGpu(),
        _ => throw new ArgumentException($"no device is called {device}"),
    };
}
