using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tests.Cuda;

namespace Numina.Cuda.Tests.Cli;

/// <summary>The program's environment in which the emulated driver is the machine's CUDA.</summary>
internal static class EmulatedDevice
{
    /// <summary>Driver, compiler, and a kernel cache that this test run's processes share. Skips the test where there is no emulator.</summary>
    /// <param name="options">More variables, such as EMU_MEMORY_MB.</param>
    public static Dictionary<string, string> Environment(params (string Name, string Value)[] options)
    {
        CudaDevices.RequireEmulator();
        var environment = new Dictionary<string, string>
        {
            [NativeLibraries.DriverVariable] = CudaDevices.EmulatorPath,
            [NativeLibraries.CompilerVariable] = CudaDevices.EmulatorPath,
            ["EMU_DEVICES"] = "1",
            ["EMU_WORKERS"] = "2",
            ["EMU_QUIET"] = "1",
            ["XDG_CACHE_HOME"] = Path.Combine(Path.GetDirectoryName(CudaDevices.EmulatorPath)!, "cache", "program"),
        };
        foreach ((string name, string value) in options)
        {
            environment[name] = value;
        }

        return environment;
    }
}
