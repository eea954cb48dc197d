using System.ComponentModel;
using System.Diagnostics;

namespace Numina.Cuda.Solving.Python;

/// <summary>Finds a Python that has numpy and sympy.</summary>
public static class PythonInterpreter
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The interpreter named by NUMINA_PYTHON; else the first python3 on PATH that imports numpy and sympy; else the one that build.sh sets up in the user's
    /// cache folder.
    /// </summary>
    /// <exception cref="PythonException">None of them can be used; the message says what to install.</exception>
    public static string Find() => Find(Environment.GetEnvironmentVariable);

    internal static string Find(Func<string, string?> environment)
    {
        if (environment("NUMINA_PYTHON") is { Length: > 0 } named)
        {
            return Missing(named) is not { } reason
                ? named
                : throw new PythonException($"NUMINA_PYTHON: {named}: expected a Python 3 with numpy and sympy, found that it {reason}");
        }

        return Candidates(environment).FirstOrDefault(candidate => File.Exists(candidate) && Missing(candidate) == null)
            ?? throw new PythonException("no python3 with numpy and sympy: install them (Debian: apt install python3-numpy python3-sympy; else pip install numpy sympy) or name one in NUMINA_PYTHON");
    }

    private static IEnumerable<string> Candidates(Func<string, string?> environment)
    {
        string name = OperatingSystem.IsWindows() ? "python.exe" : "python3";
        foreach (string folder in (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Path.Combine(folder, name);
        }

        string cache = environment("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(environment("HOME") ?? "", ".cache");
        yield return Path.Combine(cache, "numina-cuda", "python", OperatingSystem.IsWindows() ? "Scripts" : "bin", name);
    }

    /// <summary>What keeps an interpreter from being used; null when nothing does.</summary>
    private static string? Missing(string interpreter)
    {
        ProcessStartInfo start = new(interpreter, ["-c", "import numpy, sympy"]) { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{interpreter} did not start");
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(ProbeLimit))
            {
                process.Kill(entireProcessTree: true);
                return $"does not answer within {ProbeLimit.TotalSeconds} s";
            }

            return process.ExitCode == 0 ? null : "says: " + errors.Result.TrimEnd().Split('\n')[^1];
        }
        catch (Win32Exception error)
        {
            return "can't be started: " + error.Message;
        }
    }
}
