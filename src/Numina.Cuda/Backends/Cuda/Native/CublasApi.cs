using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>The functions of cuBLAS that the bench compares with, by their exported names.</summary>
internal static unsafe partial class CublasApi
{
    internal const int Success = 0;

    static CublasApi() => NativeLibraries.Register();

    [LibraryImport(NativeLibraries.Blas)]
    internal static partial int cublasCreate_v2(out nint handle);

    [LibraryImport(NativeLibraries.Blas)]
    internal static partial int cublasDestroy_v2(nint handle);

    [LibraryImport(NativeLibraries.Blas)]
    internal static partial int cublasSetStream_v2(nint handle, nint stream);

    [LibraryImport(NativeLibraries.Blas)]
    internal static partial int cublasGemmEx(
        nint handle,
        CublasOperation operationA,
        CublasOperation operationB,
        int m,
        int n,
        int k,
        float* alpha,
        nint a,
        CudaDataType typeA,
        int strideA,
        nint b,
        CudaDataType typeB,
        int strideB,
        float* beta,
        nint c,
        CudaDataType typeC,
        int strideC,
        CublasComputeType compute,
        int algorithm);

    [LibraryImport(NativeLibraries.Blas)]
    internal static partial nint cublasGetStatusName(int status);

    [LibraryImport(NativeLibraries.Blas)]
    internal static partial nint cublasGetStatusString(int status);
}

/// <summary>cublasOperation_t values.</summary>
internal enum CublasOperation
{
    AsStored = 0,
    Transposed = 1,
}

/// <summary>cublasComputeType_t values.</summary>
internal enum CublasComputeType
{
    Float32 = 68,
}

/// <summary>cudaDataType_t values.</summary>
internal enum CudaDataType
{
    Float32 = 0,
    Float16 = 2,
    BFloat16 = 14,
}
