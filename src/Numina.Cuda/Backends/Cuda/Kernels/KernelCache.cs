using System.Security.Cryptography;
using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda.Kernels;

/// <summary>
/// Compiled kernels on disk, keyed by sources, options and compiler. An entry is the cubin behind its SHA-256; it is written to a file of its own and renamed, so that
/// concurrent processes see a whole entry or none. An entry that does not match its digest is compiled anew; a folder that can't be written to is not used.
/// </summary>
internal sealed class KernelCache(KernelSources sources, string folder)
{
    private readonly Lazy<Version> _compiler = new(() => NvrtcProgram.CompilerVersion);

    /// <summary>How many cubins were compiled rather than read.</summary>
    internal int Compilations { get; private set; }

    /// <summary>The machine code of a variant. Throws <see cref="KernelCompilationException"/> with the compiler's log.</summary>
    internal byte[] Cubin(KernelVariant variant, string architecture, int paramBytes)
    {
        List<string> options = variant.Options(architecture, paramBytes);
        string path = Path.Combine(folder, $"{variant.Name}-{sources.Digest(variant.Name, options, CompilerVersion())[..32]}.cubin");
        if (Read(path) is { } cached)
        {
            return cached;
        }

        byte[] cubin = Compile(variant, options);
        Compilations++;
        Write(path, cubin);
        return cubin;
    }

    private Version CompilerVersion()
    {
        try
        {
            return _compiler.Value;
        }
        catch (DllNotFoundException missing)
        {
            NativeLibraryStatus status = NativeLibraries.Locate(NativeLibraries.Compiler);
            throw new CudaUnavailableException(
                $"no NVRTC (CUDA's run-time compiler): none of {string.Join(", ", status.Tried)} could be loaded; set {NativeLibraries.CompilerVariable} to its path", missing);
        }
    }

    private byte[] Compile(KernelVariant variant, List<string> options)
    {
        using var program = new NvrtcProgram($"{variant.Name}.cu", sources.Kernel(variant.Name), sources.Headers);
        return program.Compile(options)
            ? program.Cubin()
            : throw new KernelCompilationException($"kernel {variant} does not compile with {string.Join(' ', options)}:\n{program.Log()}");
    }

    private static byte[]? Read(string path)
    {
        try
        {
            byte[] entry = File.ReadAllBytes(path);
            return entry.Length > SHA256.HashSizeInBytes && SHA256.HashData(entry.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(entry.AsSpan(0, SHA256.HashSizeInBytes))
                ? entry[SHA256.HashSizeInBytes..]
                : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(string path, byte[] cubin)
    {
        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(temporary, [.. SHA256.HashData(cubin), .. cubin]);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception readOnly) when (readOnly is IOException or UnauthorizedAccessException)
        {
            // The next process compiles again: slower, not wrong.
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }
}
