using System.Reflection;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>Where a native library was found, or the names that were tried in vain.</summary>
/// <param name="Name">The import's name: <c>cuda</c>, <c>nvrtc</c> or <c>cublas</c>.</param>
/// <param name="Use">What needs it, for people.</param>
/// <param name="Path">Path or name that loads; null when nothing did.</param>
/// <param name="Tried">Every candidate up to the one that loaded.</param>
public sealed record NativeLibraryStatus(string Name, string Use, string? Path, IReadOnlyList<string> Tried);

/// <summary>
/// Finds CUDA's libraries: an environment variable (then nothing else), the dynamic loader's versioned names from new to old, the unversioned name, then the
/// folders of a CUDA toolkit and of NVIDIA's Python wheels (<see cref="LibraryFolders"/>).
/// </summary>
public static class NativeLibraries
{
    internal const string Driver = "cuda";
    internal const string Compiler = "nvrtc";
    internal const string Blas = "cublas";

    /// <summary>Overrides the driver library's path.</summary>
    public const string DriverVariable = "NUMINA_CUDA_DRIVER";

    /// <summary>Overrides the NVRTC library's path.</summary>
    public const string CompilerVariable = "NUMINA_NVRTC";

    /// <summary>Overrides the cuBLAS library's path. Only the bench uses cuBLAS.</summary>
    public const string BlasVariable = "NUMINA_CUBLAS";

    private static readonly Dictionary<string, Library> Known = new(StringComparer.Ordinal)
    {
        [Driver] = new("the GPU's driver", DriverVariable, ["nvcuda.dll"], ["libcuda.so.1", "libcuda.so"], []),
        [Compiler] = new(
            "compiles the kernels",
            CompilerVariable,
            ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"],
            ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"],
            ["cuda_nvrtc", "cu13"]),
        [Blas] = new(
            "what the bench compares with; nothing else needs it",
            BlasVariable,
            ["cublas64_13.dll", "cublas64_12.dll", "cublas64_11.dll"],
            ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so"],
            ["cublas", "cu13"]),
    };

    private static readonly Lazy<bool> Registration = new(() =>
    {
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => Load(name, out _));
        return true;
    });

    /// <summary>What was found on this machine: for <c>doctor</c>.</summary>
    public static IReadOnlyList<NativeLibraryStatus> Locate() => [.. Known.Keys.Select(Locate)];

    internal static NativeLibraryStatus Locate(string name)
    {
        nint handle = Load(name, out List<string> tried);
        if (handle == 0)
        {
            return new NativeLibraryStatus(name, Known[name].Use, null, tried);
        }

        NativeLibrary.Free(handle);
        return new NativeLibraryStatus(name, Known[name].Use, tried[^1], tried);
    }

    /// <summary>Makes the imports of this assembly go through <see cref="Load"/>; every class with imports calls it first.</summary>
    internal static void Register() => _ = Registration.Value;

    private static nint Load(string name, out List<string> tried)
    {
        tried = [];
        if (!Known.ContainsKey(name))
        {
            return 0;
        }

        foreach (string candidate in Candidates(name))
        {
            tried.Add(candidate);
            LoadCompanion(candidate);
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    /// <summary>cuBLAS needs a second library that lies beside it, which the dynamic loader may not find by itself.</summary>
    private static void LoadCompanion(string candidate)
    {
        string companion = candidate.Replace("libcublas.so", "libcublasLt.so", StringComparison.Ordinal);
        if (companion != candidate && File.Exists(companion))
        {
            _ = NativeLibrary.TryLoad(companion, out _);
        }
    }

    internal static IEnumerable<string> Candidates(string name)
    {
        Library library = Known[name];
        if (Environment.GetEnvironmentVariable(library.Variable) is { Length: > 0 } path)
        {
            return [path];
        }

        string[] files = OperatingSystem.IsWindows() ? library.Windows : library.Unix;
        return files.Concat(LibraryFolders.Of(library.Wheels).SelectMany(folder => files.Select(file => Path.Combine(folder, file))).Where(File.Exists));
    }

    /// <param name="Use">What needs it, for people.</param>
    /// <param name="Variable">Names the one path to try.</param>
    /// <param name="Windows">File names, new to old.</param>
    /// <param name="Unix">The dynamic loader's names, new to old.</param>
    /// <param name="Wheels">Folders under <c>nvidia</c> of the Python wheels that bring it.</param>
    private sealed record Library(string Use, string Variable, string[] Windows, string[] Unix, string[] Wheels);
}
