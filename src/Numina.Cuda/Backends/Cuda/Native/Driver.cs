using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>Turns driver results into exceptions that carry the API's name and text.</summary>
internal static class Driver
{
    /// <summary>Throws unless the call succeeded. <paramref name="call"/> is the argument's source text, whose function name the message carries.</summary>
    internal static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != DriverApi.Success)
        {
            throw new CudaException($"{FunctionName(call)}: {Describe(result)}") { Result = result };
        }
    }

    /// <summary>Such as <c>CUDA_ERROR_ILLEGAL_ADDRESS (700): an illegal memory access was encountered</c>.</summary>
    internal static string Describe(int result)
    {
        _ = DriverApi.cuGetErrorName(result, out nint name);
        _ = DriverApi.cuGetErrorString(result, out nint text);
        return $"{Marshal.PtrToStringUTF8(name) ?? "unknown error"} ({result}): {Marshal.PtrToStringUTF8(text) ?? "no description"}";
    }

    internal static string FunctionName(string call)
    {
        int end = call.IndexOf('(', StringComparison.Ordinal);
        string name = end < 0 ? call : call[..end];
        return name[(name.LastIndexOf('.') + 1)..];
    }
}
