namespace Numina.Cuda.Solving.Python;

/// <summary>Python itself, or what runs it, failed: no interpreter, no numpy, a required sandbox layer is missing, a server that won't start.</summary>
public sealed class PythonException : Exception
{
    public PythonException()
    {
    }

    public PythonException(string message)
        : base(message)
    {
    }

    public PythonException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
