namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>A call of the CUDA driver or of NVRTC failed, or a library of theirs is missing. The message is meant for people and says which call, and why.</summary>
public class CudaException : Exception
{
    public CudaException(string message)
        : base(message)
    {
    }

    public CudaException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The API's result; 0 when no call was made.</summary>
    public int Result { get; init; }
}

/// <summary>There is no CUDA here: no driver, no device, or one that is too old. One line says what is missing.</summary>
public sealed class CudaUnavailableException : CudaException
{
    public CudaUnavailableException(string message)
        : base(message)
    {
    }

    public CudaUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>A kernel did not compile. The message holds the compiler's log, which names file and line.</summary>
public sealed class KernelCompilationException(string message) : CudaException(message);

/// <summary>The device has no room for an allocation. The message holds the arithmetic: asked for, free, held.</summary>
public sealed class DeviceOutOfMemoryException(string message) : OutOfMemoryException(message);
