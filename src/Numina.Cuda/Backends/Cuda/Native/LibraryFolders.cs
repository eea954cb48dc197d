namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>
/// Where NVIDIA's libraries lie when the dynamic loader does not know them: a CUDA toolkit, then the wheels of the virtual environment, of the <c>python3</c> on PATH (which may be
/// an environment that nobody activated) and of the system's Pythons.
/// </summary>
internal static class LibraryFolders
{
    private static readonly string[] s_packages = ["site-packages", "dist-packages"];

    /// <summary>Folders in the order to try; they need not exist.</summary>
    /// <param name="wheels">Folders under <c>site-packages/nvidia</c> that may hold the library.</param>
    internal static IEnumerable<string> Of(IReadOnlyList<string> wheels)
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
        foreach (string root in PythonRoots().Distinct(StringComparer.Ordinal))
        {
            foreach (string folder in Installations(Path.Combine(root, "lib")).SelectMany(python => Wheels(python, wheels)))
            {
                yield return folder;
            }
        }
    }

    private static IEnumerable<string> PythonRoots()
    {
        if (Environment.GetEnvironmentVariable("VIRTUAL_ENV") is { Length: > 0 } environment)
        {
            yield return environment;
        }

        // The link in the environment's bin, not the interpreter that it points to.
        string? bin = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').FirstOrDefault(folder => File.Exists(Path.Combine(folder, "python3")));
        if (bin is not null && Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(bin)) is { Length: > 0 } root)
        {
            yield return root;
        }

        yield return "/usr/local";
        yield return "/usr";
        yield return "/opt/conda";
    }

    private static IEnumerable<string> Installations(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "python3*").OrderDescending(StringComparer.Ordinal) : [];

    private static IEnumerable<string> Wheels(string python, IReadOnlyList<string> wheels) =>
        from packages in s_packages
        from wheel in wheels
        select Path.Combine(python, packages, "nvidia", wheel, "lib");
}
