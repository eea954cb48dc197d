using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Model;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Cli;

/// <summary>A device, and what the engine has to know of it.</summary>
/// <param name="Backend">Owned by whoever opened it.</param>
/// <param name="Room">What a key-value cache may take, measured when asked: once a model's weights and activations are on the device.</param>
/// <param name="SharesGeneratedText">A token computed alone and in a prompt gives the same bits.</param>
internal sealed record OpenedDevice(IBackend Backend, Func<Llama, CacheRoom> Room, bool SharesGeneratedText);

/// <summary>The only place that picks a backend.</summary>
internal static class Host
{
    /// <summary>Opens the device that was asked for; "auto" takes a GPU where there is one and tells <paramref name="say"/> what it chose and why.</summary>
    /// <param name="settings">Device and threads.</param>
    /// <param name="stored">The checkpoint's type: bfloat16 weights are computed in bfloat16 where the device can.</param>
    /// <param name="say">Hears the choice.</param>
    /// <exception cref="FailureException">The device is not there. Nothing else is taken in its place.</exception>
    public static OpenedDevice OpenDevice(ModelSettings settings, DType stored, Action<string> say)
    {
        string? noCuda = settings.Device == "cpu" ? "not asked for" : CudaDevice.WhyUnavailable();
        if (noCuda is null)
        {
            return OpenCuda(settings, stored, say);
        }

        if (settings.Device == "cuda")
        {
            throw new FailureException($"--device cuda: {noCuda}");
        }

        var cpu = new CpuBackend(settings.Threads > 0 ? new CpuOptions { Threads = settings.Threads } : new CpuOptions());
        say(settings.Device == "auto" ? $"device: {cpu.Name} ({noCuda})" : $"device: {cpu.Name}");
        return new OpenedDevice(cpu, _ => CacheRoom.OnHost(HostMemory.Total, HostMemory.Available), SharesGeneratedText: true);
    }

    private static OpenedDevice OpenCuda(ModelSettings settings, DType stored, Action<string> say)
    {
        bool bfloat16 = stored == DType.BF16 && CudaDevice.List()[0].HasBFloat16;
        CudaBackend cuda = CudaBackend.Open(new CudaOptions { ActivationType = bfloat16 ? DType.BF16 : DType.F16, KernelDirectory = settings.Kernels });
        say($"device: {cuda.Name}, {cuda.ActivationType.Name()}");
        return new OpenedDevice(cuda, model => CacheRoom.OnGpu(cuda.FreeBytes(), AttentionWorkspace(model)), SharesGeneratedText: true);
    }

    private static long AttentionWorkspace(Llama model) =>
        CudaBackend.AttentionWorkspace(model.Limits.Sequences, model.Config.Heads, model.Config.HeadDim, model.Limits.ContextLength);
}
