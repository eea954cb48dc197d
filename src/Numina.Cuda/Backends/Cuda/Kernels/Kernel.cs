using System.Runtime.CompilerServices;
using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda.Kernels;

/// <summary>The extent of a launch: blocks, threads of a block, dynamic shared bytes of a block.</summary>
internal readonly record struct LaunchShape(long GridX, int GridY, int GridZ, int Threads, int SharedBytes = 0)
{
    /// <summary>Dynamic shared memory that every kernel may have; for more it has to ask.</summary>
    internal const int SharedBytesWithoutOptingIn = 48 << 10;

    internal LaunchShape(long blocks, int threads)
        : this(blocks, 1, 1, threads)
    {
    }

    public override string ToString() => $"grid ({GridX}, {GridY}, {GridZ}), {Threads} threads, {SharedBytes} shared bytes";
}

/// <summary>A loaded kernel that takes one <typeparamref name="TParams"/> by value.</summary>
internal sealed unsafe class Kernel<TParams>(KernelVariant variant, nint function, Launcher launcher)
    where TParams : unmanaged
{
    private int _sharedLimit = LaunchShape.SharedBytesWithoutOptingIn;

    /// <summary>Queues a launch. An empty grid does nothing.</summary>
    internal void Launch(LaunchShape shape, in TParams parameters)
    {
        if (shape.GridX == 0 || shape.GridY == 0 || shape.GridZ == 0)
        {
            return;
        }

        if (shape.SharedBytes > _sharedLimit)
        {
            Driver.Check(DriverApi.cuFuncSetAttribute(function, FunctionAttribute.MaxDynamicSharedBytes, shape.SharedBytes));
            _sharedLimit = shape.SharedBytes;
        }

        fixed (TParams* start = &parameters)
        {
            launcher.Launch(variant, function, shape, start);
        }
    }
}

/// <summary>Loads kernels of one device, each once.</summary>
internal sealed class KernelLibrary(ContextHandle context, CudaDevice device, KernelCache cache, Launcher launcher) : IDisposable
{
    private readonly Dictionary<KernelVariant, object> _kernels = [];
    private readonly List<CubinHandle> _modules = [];

    internal Kernel<TParams> Get<TParams>(string name, params (string Name, object Value)[] constants)
        where TParams : unmanaged => Get<TParams>(new KernelVariant(name, constants));

    internal Kernel<TParams> Get<TParams>(KernelVariant variant)
        where TParams : unmanaged
    {
        if (_kernels.TryGetValue(variant, out object? known))
        {
            return (Kernel<TParams>)known;
        }

        byte[] cubin = cache.Cubin(variant, device.Architecture, Unsafe.SizeOf<TParams>());
        var module = new CubinHandle(context, cubin);
        _modules.Add(module);
        var kernel = new Kernel<TParams>(variant, module.Function(variant.Name), launcher);
        _kernels.Add(variant, kernel);
        return kernel;
    }

    public void Dispose()
    {
        foreach (CubinHandle module in _modules)
        {
            module.Dispose();
        }
    }
}
