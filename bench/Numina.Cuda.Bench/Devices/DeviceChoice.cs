using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Bench.Devices;

/// <summary>Which device is measured, and why.</summary>
/// <param name="IsGpu">A GPU, else the host.</param>
/// <param name="Why">For people, such as "asked for".</param>
internal sealed record DeviceChoice(bool IsGpu, string Why)
{
    /// <summary>"auto" takes the GPU where there is one. Asked for and not there is an error, never another device.</summary>
    /// <exception cref="CudaUnavailableException">--device cuda, and there is none.</exception>
    public static DeviceChoice Of(BenchOptions options)
    {
        if (options.Device == "cpu")
        {
            return new DeviceChoice(false, "asked for");
        }

        string? missing = CudaDevice.WhyUnavailable();
        return options.Device switch
        {
            "cuda" when missing is null => new DeviceChoice(true, "asked for"),
            "cuda" => throw new CudaUnavailableException($"--device cuda: {missing}"),
            _ when missing is null => new DeviceChoice(true, "the machine has a GPU"),
            _ => new DeviceChoice(false, missing),
        };
    }

    /// <summary>Opens it; <paramref name="say"/> hears in one line what it lacks.</summary>
    public IBenchDevice Open(BenchOptions options, Action<string> say) => IsGpu ? new GpuDevice(options.Gpu, say) : new CpuDevice(options.Cpu);
}
