using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Tests.Cuda;

/// <summary>Where CUDA's libraries are looked for.</summary>
[TestFixture]
internal sealed class NativeLibrariesTests
{
    [Test]
    public void Libraries_are_looked_for_by_variable_then_by_version_then_in_folders()
    {
        CudaDevices.RequireEmulator();
        Assert.That(NativeLibraries.Candidates("cuda").ToArray(), Has.Length.EqualTo(1), "the variable is set, and then nothing else is tried");
        string? variable = Environment.GetEnvironmentVariable(NativeLibraries.CompilerVariable);
        try
        {
            Environment.SetEnvironmentVariable(NativeLibraries.CompilerVariable, null);
            Assert.That(NativeLibraries.Candidates("nvrtc").Take(4), Is.EqualTo(new[] { "libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so" }));
            Environment.SetEnvironmentVariable(NativeLibraries.CompilerVariable, "/nowhere/libnvrtc.so");
            Assert.That(NativeLibraries.Locate("nvrtc"), Has.Property("Path").Null.And.Property("Tried").EqualTo(new[] { "/nowhere/libnvrtc.so" }));
        }
        finally
        {
            Environment.SetEnvironmentVariable(NativeLibraries.CompilerVariable, variable);
        }
    }

    [Test]
    public void Cublas_is_looked_for_by_version_from_new_to_old() => With(
        [(NativeLibraries.BlasVariable, null)],
        () => Assert.That(NativeLibraries.Candidates("cublas").Take(4), Is.EqualTo(new[] { "libcublas.so.13", "libcublas.so.12", "libcublas.so.11", "libcublas.so" })));

    [Test]
    public void Wheels_of_the_virtual_environment_and_of_the_python_on_the_path_are_found()
    {
        string root = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string active = Path.Combine(root, "active"), found = Path.Combine(root, "found");
            string ours = Touch(active, "lib", "python3.12", "site-packages", "nvidia", "cublas", "lib", "libcublas.so.12");
            string theirs = Touch(found, "lib", "python3.11", "site-packages", "nvidia", "cu13", "lib", "libcublas.so.13");
            Touch(found, "bin", "python3");
            With(
                [(NativeLibraries.BlasVariable, null), ("VIRTUAL_ENV", active), ("PATH", $"{root}/nothing:{found}/bin"), ("CUDA_HOME", null), ("CUDA_PATH", null)],
                () => Assert.That(NativeLibraries.Candidates("cublas").Where(path => path.StartsWith(root, StringComparison.Ordinal)), Is.EqualTo(new[] { ours, theirs })));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Test]
    public void Every_library_is_located_for_the_doctor() =>
        Assert.That(NativeLibraries.Locate().Select(status => status.Name), Is.EqualTo(new[] { "cuda", "nvrtc", "cublas" }));

    private static string Touch(params string[] path)
    {
        string file = Path.Combine(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "");
        return file;
    }

    /// <summary>Runs with other environment variables, then puts the old ones back.</summary>
    private static void With((string Name, string? Value)[] variables, Action check)
    {
        string?[] before = [.. variables.Select(variable => Environment.GetEnvironmentVariable(variable.Name))];
        try
        {
            Array.ForEach(variables, variable => Environment.SetEnvironmentVariable(variable.Name, variable.Value));
            check();
        }
        finally
        {
            for (int i = 0; i < variables.Length; i++)
            {
                Environment.SetEnvironmentVariable(variables[i].Name, before[i]);
            }
        }
    }
}
