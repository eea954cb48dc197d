using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Kernels;

/// <summary>A kernel with its compile-time constants: what is compiled, cached and launched.</summary>
/// <param name="Name">File and entry point: <c>matmul</c> is the kernel matmul of matmul.cu.</param>
/// <param name="Constants">As <c>NAME=value</c>, in the order given.</param>
internal readonly record struct KernelVariant(string Name, string Constants)
{
    internal KernelVariant(string name, params (string Name, object Value)[] constants)
        : this(name, string.Join(' ', constants.Select(constant => $"{constant.Name}={constant.Value}")))
    {
    }

    public override string ToString() => Constants.Length == 0 ? Name : $"{Name} [{Constants}]";

    /// <summary>NVRTC's options. <paramref name="paramBytes"/> is the size of the host's parameter struct, which the source asserts.</summary>
    internal List<string> Options(string architecture, int paramBytes) =>
    [
        $"--gpu-architecture={architecture}",
        "--std=c++17",
        $"-DPARAM_BYTES={paramBytes}",
        .. Constants.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(constant => $"-D{constant}"),
    ];

    /// <summary>The kernels' name of an element type.</summary>
    internal static string TypeName(DType type) => type switch
    {
        DType.F16 => "half",
        DType.BF16 => "bfloat16",
        DType.F32 => "float",
        _ => throw new ArgumentException($"kernels don't compute with {type.Name()}", nameof(type)),
    };
}
