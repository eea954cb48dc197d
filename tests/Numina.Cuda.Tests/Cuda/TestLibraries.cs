using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Tests.Cuda;

/// <summary>Native libraries that the tests themselves call: the emulator's controls, and a real NVRTC beside the emulated one that the engine is bound to.</summary>
internal static class TestLibraries
{
    public const string Emulator = "cuda_emu";

    public const string RealCompiler = "real_nvrtc";

    private static readonly Dictionary<string, string> s_paths = [];

    /// <summary>Says where a library lies. Call before the first import is used.</summary>
    public static void Add(string name, string path) => s_paths[name] = path;

    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(
        typeof(TestLibraries).Assembly, (name, _, _) => s_paths.TryGetValue(name, out string? path) ? NativeLibrary.Load(path) : 0);
}
