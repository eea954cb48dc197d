using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>The functions of the CUDA driver API that the engine uses, by their exported names.</summary>
internal static unsafe partial class DriverApi
{
    internal const int Success = 0;
    internal const int OutOfMemory = 2;

    static DriverApi() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuInit(uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuGetErrorName(int result, out nint name);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuGetErrorString(int result, out nint text);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDeviceGetCount(out int count);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDeviceTotalMem_v2(out nuint bytes, int device);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDeviceGetAttribute(out int value, DeviceAttribute attribute, int device);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDeviceGetDefaultMemPool(out nint pool, int device);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemPoolSetAttribute(nint pool, int attribute, ulong* value);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemPoolTrimTo(nint pool, nuint keep);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuCtxSetCurrent(nint context);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemGetInfo_v2(out nuint free, out nuint total);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemAlloc_v2(out nint pointer, nuint bytes);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemFree_v2(nint pointer);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemAllocAsync(out nint pointer, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemFreeAsync(nint pointer, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemHostAlloc(out nint pointer, nuint bytes, uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemFreeHost(nint pointer);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemcpyHtoDAsync_v2(nint to, nint from, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemcpyDtoHAsync_v2(nint to, nint from, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemcpyDtoDAsync_v2(nint to, nint from, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuMemsetD8Async(nint to, byte value, nuint bytes, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuStreamCreate(out nint stream, uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuStreamDestroy_v2(nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuStreamSynchronize(nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuEventCreate(out nint handle, uint flags);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuEventDestroy_v2(nint handle);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuEventRecord(nint handle, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuEventSynchronize(nint handle);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuEventElapsedTime(out float milliseconds, nint start, nint end);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuModuleLoadData(out nint module, byte* image);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuModuleUnload(nint module);

    [LibraryImport(NativeLibraries.Driver, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int cuModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuFuncSetAttribute(nint function, FunctionAttribute attribute, int value);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuLaunchKernel(
        nint function, uint gridX, uint gridY, uint gridZ, uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** parameters, void** extra);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuStreamBeginCapture_v2(nint stream, int mode);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuStreamEndCapture(nint stream, out nint graph);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuGraphInstantiateWithFlags(out nint executable, nint graph, ulong flags);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuGraphDestroy(nint graph);

    [LibraryImport(NativeLibraries.Driver)]
    internal static partial int cuGraphExecDestroy(nint executable);
}

/// <summary>CUfunction_attribute values.</summary>
internal enum FunctionAttribute
{
    MaxDynamicSharedBytes = 8,
}

/// <summary>CUdevice_attribute values.</summary>
internal enum DeviceAttribute
{
    Multiprocessors = 16,
    SecondLevelCacheBytes = 38,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    SharedBytesPerBlockOptIn = 97,
    MemoryPools = 115,
}
