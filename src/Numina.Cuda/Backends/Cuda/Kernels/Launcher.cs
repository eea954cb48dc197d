using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda.Kernels;

/// <summary>Queues kernels on the backend's one stream and waits for them; a failure names the kernel, or the kernels it may have been.</summary>
internal sealed unsafe class Launcher(ContextHandle context, StreamHandle stream)
{
    private readonly List<string> _queued = [];

    internal void Launch(KernelVariant variant, nint function, LaunchShape shape, void* parameters)
    {
        context.MakeCurrent();
        int result = DriverApi.cuLaunchKernel(
            function, checked((uint)shape.GridX), (uint)shape.GridY, (uint)shape.GridZ, (uint)shape.Threads, 1, 1, (uint)shape.SharedBytes, stream.Value, &parameters, null);
        if (result != DriverApi.Success)
        {
            throw new CudaException($"kernel {variant}, {shape}: {Driver.Describe(result)}") { Result = result };
        }

        if (!_queued.Contains(variant.Name))
        {
            _queued.Add(variant.Name);
        }
    }

    /// <summary>Waits for everything queued.</summary>
    internal void Synchronize()
    {
        context.MakeCurrent();
        int result = DriverApi.cuStreamSynchronize(stream.Value);
        if (result != DriverApi.Success)
        {
            string which = _queued.Count == 0 ? "a copy" : $"one of the kernels {string.Join(", ", _queued)} (CUDA_LAUNCH_BLOCKING=1 tells which)";
            throw new CudaException($"{which} failed: {Driver.Describe(result)}") { Result = result };
        }

        _queued.Clear();
    }
}
