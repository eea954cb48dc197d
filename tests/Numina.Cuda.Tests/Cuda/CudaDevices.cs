using System.Runtime.InteropServices;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Cuda;

/// <summary>
/// Opens CUDA backends for tests: on the emulator or, with NUMINA_TEST_GPU=1, on the real device. A process binds one driver, so a run tests one of the two
/// and skips the other by name.
/// </summary>
internal static partial class CudaDevices
{
    private const string Library = TestLibraries.Emulator;
    private static readonly Lazy<string?> s_emulator = new(Bind);

    private static readonly string[] s_resettable =
        ["EMU_ORDER", "EMU_FILL", "EMU_SEED", "EMU_CHECK", "EMU_UB", "EMU_MMA", "EMU_LAZY", "EMU_WORKERS", "EMU_ARCH", "EMU_MEMORY_MB", "EMU_TIMEOUT"];

    private static bool UseGpu => Environment.GetEnvironmentVariable("NUMINA_TEST_GPU") == "1";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, Library);

    /// <summary>Where the build puts the emulated driver, if it can.</summary>
    public static string EmulatorPath => Path.Combine(Folder, "libcuda_emu.so");

    /// <summary>A backend on the emulator; skips the test where there is none.</summary>
    public static CudaBackend OpenEmulated(EmulatorMode mode, CudaOptions? options = null) => WithEmulatedDevice(mode, () =>
    {
        options ??= new CudaOptions();
        return CudaBackend.Open(options.CacheDirectory == CudaOptions.DefaultCacheDirectory ? options with { CacheDirectory = KernelCache(mode) } : options);
    });

    /// <summary>Where kernels compiled for a mode are kept between runs.</summary>
    public static string KernelCache(EmulatorMode mode) => Path.Combine(Folder, "cache", mode.CacheKey);

    /// <summary>Runs something that opens the machine's device by itself, with the emulator's in its place; skips the test where there is none.</summary>
    public static T WithEmulatedDevice<T>(EmulatorMode mode, Func<T> work)
    {
        RequireEmulator();
        Set(mode);
        SetOption("EMU_DEVICES", "1");
        try
        {
            return work();
        }
        finally
        {
            // Tests that only ask whether this machine has a GPU get the machine's own answer.
            SetOption("EMU_DEVICES", "0");
        }
    }

    /// <summary>A backend on the real device; skips the test with the reason where there is none.</summary>
    public static CudaBackend OpenGpu(CudaOptions? options = null)
    {
        if (!UseGpu)
        {
            Assert.Ignore("Gpu: NUMINA_TEST_GPU=1 runs this on the machine's GPU, if it has one");
        }

        if (CudaDevice.WhyUnavailable() is { } reason)
        {
            Assert.Ignore($"Gpu: {reason}");
        }

        return CudaBackend.Open(options ?? new CudaOptions());
    }

    /// <summary>Skips the test where there is no emulator.</summary>
    public static void RequireEmulator()
    {
        if (s_emulator.Value is { } reason)
        {
            Assert.Ignore($"Emulated: {reason}");
        }
    }

    /// <summary>Puts the emulator into a mode, everything else at its default.</summary>
    public static void Set(EmulatorMode mode)
    {
        foreach (string option in s_resettable)
        {
            SetOption(option, "");
        }

        SetOption("EMU_QUIET", "1");
        foreach ((string name, string value) in mode.Options)
        {
            SetOption(name, value);
        }
    }

    /// <summary>Clears an error that a test provoked.</summary>
    [LibraryImport(Library, EntryPoint = "emu_reset")]
    public static partial void Reset();

    [LibraryImport(Library, EntryPoint = "emu_option", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetOption(string name, string value);

    /// <summary>Points the engine's bindings at the emulator; the reason when that can't be.</summary>
    private static string? Bind()
    {
        if (UseGpu)
        {
            return "NUMINA_TEST_GPU=1 binds the real driver";
        }

        if (!File.Exists(EmulatorPath))
        {
            return $"{EmulatorPath} was not built (no g++?)";
        }

        Environment.SetEnvironmentVariable(NativeLibraries.DriverVariable, EmulatorPath);
        Environment.SetEnvironmentVariable(NativeLibraries.CompilerVariable, EmulatorPath);
        Environment.SetEnvironmentVariable(NativeLibraries.BlasVariable, EmulatorPath);
        TestLibraries.Add(Library, EmulatorPath);
        return null;
    }
}
