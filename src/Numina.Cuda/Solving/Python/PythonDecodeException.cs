namespace Numina.Cuda.Solving.Python;

/// <summary>A program's output was not UTF-8, which ends a run in the notebook profile. The message is CPython's.</summary>
public sealed class PythonDecodeException : Exception
{
    public PythonDecodeException()
    {
    }

    public PythonDecodeException(string message)
        : base(message)
    {
    }

    public PythonDecodeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
