using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

/// <summary>How a CUDA backend is opened.</summary>
public sealed record CudaOptions
{
    /// <summary>The device's number, as <c>CUDA_VISIBLE_DEVICES</c> leaves them.</summary>
    public int Device { get; init; }

    /// <summary>F16, or BF16 on sm_80 and later: the type of activations, of the key-value cache and of dense weights.</summary>
    public DType ActivationType { get; init; } = DType.F16;

    /// <summary>A folder of .cu and .cuh files to use instead of the embedded ones, or null.</summary>
    public string? KernelDirectory { get; init; }

    /// <summary>Where compiled kernels are kept between runs.</summary>
    public string CacheDirectory { get; init; } = DefaultCacheDirectory;

    /// <summary><c>kernels</c> in <see cref="UserCache"/>.</summary>
    public static string DefaultCacheDirectory => Path.Combine(UserCache.Folder, "kernels");
}
