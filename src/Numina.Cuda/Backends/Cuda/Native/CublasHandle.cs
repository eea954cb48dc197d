using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>A cuBLAS library context whose work goes to one stream.</summary>
internal sealed class CublasHandle : ContextObjectHandle
{
    internal CublasHandle(ContextHandle context, StreamHandle stream)
        : base(context)
    {
        Check(CublasApi.cublasCreate_v2(out nint created));
        SetHandle(created);
        Check(CublasApi.cublasSetStream_v2(created, stream.Value));
    }

    /// <summary>Throws unless the call succeeded. <paramref name="call"/> is the argument's source text, whose function name the message carries.</summary>
    internal static void Check(int status, [CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != CublasApi.Success)
        {
            throw new CudaException($"{Driver.FunctionName(call)}: {Describe(status)}") { Result = status };
        }
    }

    /// <summary>Such as <c>CUBLAS_STATUS_INVALID_VALUE (7): an unsupported value or parameter was passed to the function</c>; libraries older than 11.4.2 give the number alone.</summary>
    internal static string Describe(int status)
    {
        try
        {
            return $"{Marshal.PtrToStringUTF8(CublasApi.cublasGetStatusName(status))} ({status}): {Marshal.PtrToStringUTF8(CublasApi.cublasGetStatusString(status))}";
        }
        catch (EntryPointNotFoundException)
        {
            return $"status {status}";
        }
    }

    protected override int Release() => CublasApi.cublasDestroy_v2(handle);
}
