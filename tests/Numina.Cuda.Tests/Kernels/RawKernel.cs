using System.Runtime.InteropServices;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>A folder of kernels for a test.</summary>
internal sealed class KernelFolder : IDisposable
{
    /// <summary>All of the product's kernels.</summary>
    public KernelFolder() => Copy("*.cu*");

    /// <summary>One file beside the product's headers.</summary>
    /// <param name="file">Relative to tests/cuda_emu.</param>
    /// <param name="name">What the kernel is called.</param>
    public KernelFolder(string file, string name)
    {
        Copy("*.cuh");
        Put(file, name);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("numina-kernels").FullName;

    /// <summary>Takes a file of tests/cuda_emu for the kernel of that name.</summary>
    public void Put(string file, string name) => File.Copy(Path.Combine(Reference.Repository, "tests", "cuda_emu", file), Path.Combine(Folder, $"{name}.cu"), overwrite: true);

    /// <summary>Takes a kernel out: what launches it fails, and so shows.</summary>
    public KernelFolder Without(string name)
    {
        File.Delete(Path.Combine(Folder, $"{name}.cu"));
        return this;
    }

    /// <summary>Adds a line to a file.</summary>
    public void Append(string file, string line) => File.AppendAllText(Path.Combine(Folder, file), line + "\n");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Copy(string pattern)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Reference.Repository, "kernels"), pattern))
        {
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)));
        }
    }
}

/// <summary>tests/cuda_emu/broken: struct Broken.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BrokenParams
{
    public nint X, Y;
    public int N;
}

/// <summary>tests/cuda_emu/selftest/helpers.cu: struct Helpers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HelpersParams
{
    public nint In, Out, Products;
}

internal static class RawKernels
{
    /// <summary>Runs a broken kernel over 256 numbers in two blocks; with <paramref name="clear"/> the output starts as zeros, else as whatever the memory holds.</summary>
    public static float[] RunBroken(CudaBackend backend, bool clear)
    {
        float[] x = OpRun.Numbers(7, 256);
        using Buffer input = backend.Allocate(1024);
        backend.Upload(input.View(DType.F32, new Shape(256)), MemoryMarshal.AsBytes(x.AsSpan()));
        using Buffer output = clear ? backend.Allocate(1024) : backend.AllocateUncleared(1024);
        backend.Kernels.Get<BrokenParams>("broken").Launch(new LaunchShape(2, 128), new BrokenParams { X = input.Pointer, Y = output.Pointer, N = 256 });
        float[] y = new float[256];
        backend.Download(MemoryMarshal.AsBytes(y.AsSpan()), output.View(DType.F32, new Shape(256)));
        return y;
    }
}
