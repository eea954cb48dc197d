using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>The functions of NVRTC that the engine uses, by their exported names.</summary>
internal static unsafe partial class NvrtcApi
{
    internal const int Success = 0;

    static NvrtcApi() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcVersion(out int major, out int minor);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial nint nvrtcGetErrorString(int result);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcCreateProgram(out nint program, byte* source, byte* name, int headerCount, byte** headers, byte** headerNames);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcCompileProgram(nint program, int optionCount, byte** options);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcGetProgramLogSize(nint program, out nuint bytes);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcGetProgramLog(nint program, byte* log);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcGetCUBINSize(nint program, out nuint bytes);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcGetCUBIN(nint program, byte* cubin);

    [LibraryImport(NativeLibraries.Compiler)]
    internal static partial int nvrtcDestroyProgram(ref nint program);
}
