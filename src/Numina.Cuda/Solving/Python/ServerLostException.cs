namespace Numina.Cuda.Solving.Python;

/// <summary>A fork server or one of its slots died with an execution in hand. The pool tries once more elsewhere.</summary>
internal sealed class ServerLostException : Exception
{
    public ServerLostException()
    {
    }

    public ServerLostException(string message)
        : base(message)
    {
    }

    public ServerLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
