using System.Reflection;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>Where a native library was found, or the names that were tried in vain.</summary>
/// <param name="Name">The import's name: <c>cuda</c> or <c>nvrtc</c>.</param>
/// <param name="Path">Path or name that loads; null when nothing did.</param>
/// <param name="Tried">Every candidate up to the one that loaded.</param>
public sealed record NativeLibraryStatus(string Name, string? Path, IReadOnlyList<string> Tried);

/// <summary>
/// Finds CUDA's libraries: an environment variable (then nothing else), the dynamic loader's versioned names from new to old, the unversioned name, then the
/// folders of a CUDA toolkit and of NVIDIA's Python wheels.
/// </summary>
public static class NativeLibraries
{
    internal const string Driver = "cuda";
    internal const string Compiler = "nvrtc";

    /// <summary>Overrides the driver library's path.</summary>
    public const string DriverVariable = "NUMINA_CUDA_DRIVER";

    /// <summary>Overrides the NVRTC library's path.</summary>
    public const string CompilerVariable = "NUMINA_NVRTC";

    private static readonly Lazy<bool> Registration = new(() =>
    {
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => Load(name, out _));
        return true;
    });

    /// <summary>What was found on this machine: for <c>doctor</c>.</summary>
    public static IReadOnlyList<NativeLibraryStatus> Locate() => [.. new[] { Driver, Compiler }.Select(Locate)];

    internal static NativeLibraryStatus Locate(string name)
    {
        nint handle = Load(name, out List<string> tried);
        if (handle == 0)
        {
            return new NativeLibraryStatus(name, null, tried);
        }

        NativeLibrary.Free(handle);
        return new NativeLibraryStatus(name, tried[^1], tried);
    }

    /// <summary>Makes the imports of this assembly go through <see cref="Load"/>; every class with imports calls it first.</summary>
    internal static void Register() => _ = Registration.Value;

    private static nint Load(string name, out List<string> tried)
    {
        tried = [];
        if (name is not (Driver or Compiler))
        {
            return 0;
        }

        foreach (string candidate in Candidates(name))
        {
            tried.Add(candidate);
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    internal static IEnumerable<string> Candidates(string name)
    {
        string variable = name == Driver ? DriverVariable : CompilerVariable;
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path)
        {
            return [path];
        }

        string[] names = (name, OperatingSystem.IsWindows()) switch
        {
            (Driver, true) => ["nvcuda.dll"],
            (Driver, false) => ["libcuda.so.1", "libcuda.so"],
            (_, true) => ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"],
            (_, false) => ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"],
        };
        return names.Concat(Folders().SelectMany(folder => names.Select(file => Path.Combine(folder, file))).Where(File.Exists));
    }

    private static IEnumerable<string> Folders()
    {
        string library = OperatingSystem.IsWindows() ? "bin" : "lib64";
        foreach (string variable in new[] { "CUDA_HOME", "CUDA_PATH" })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } root)
            {
                yield return Path.Combine(root, library);
            }
        }

        if (OperatingSystem.IsWindows())
        {
            yield break;
        }

        yield return "/usr/local/cuda/lib64";
        yield return "/usr/local/nvidia/lib64";
        foreach (string python in Installations("/usr/local/lib").Concat(Installations("/usr/lib")).Concat(Installations("/opt/conda/lib")))
        {
            foreach (string packages in new[] { "site-packages", "dist-packages" })
            {
                yield return Path.Combine(python, packages, "nvidia", "cuda_nvrtc", "lib");
                yield return Path.Combine(python, packages, "nvidia", "cu13", "lib");
            }
        }
    }

    private static IEnumerable<string> Installations(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "python3*").OrderDescending(StringComparer.Ordinal) : [];
}
