using System.Diagnostics;

namespace Numina.Cuda.Solving.Python;

/// <summary>What an interpreter needs of the environment to start and find its libraries, and nothing else.</summary>
internal static class PythonEnvironment
{
    public static void Apply(ProcessStartInfo start)
    {
        Dictionary<string, string?> own = OperatingSystem.IsWindows() ? Windows() : new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = Environment.GetEnvironmentVariable("HOME") };
        start.Environment.Clear();
        foreach ((string name, string? value) in own)
        {
            start.Environment[name] = value;
        }

        start.Environment["LANG"] = "C.UTF-8";
        // One thread a process: programs run side by side. One hash seed: a program prints its sets in the same order every time.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        start.Environment["MKL_NUM_THREADS"] = "1";
        start.Environment["PYTHONHASHSEED"] = "0";
    }

    /// <summary>Text is UTF-8 there only when asked for; APPDATA is where packages of a single user lie.</summary>
    private static Dictionary<string, string?> Windows() => new()
    {
        ["PATH"] = Environment.SystemDirectory,
        ["SYSTEMROOT"] = Environment.GetEnvironmentVariable("SYSTEMROOT"),
        ["APPDATA"] = Environment.GetEnvironmentVariable("APPDATA"),
        ["PYTHONUTF8"] = "1",
    };
}
