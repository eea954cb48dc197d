namespace Numina.Cuda.Solving.Python;

/// <summary>Runs model-written Python. Any number of callers may run at once; each execution starts from nothing and leaves nothing behind.</summary>
public interface IPythonRunner : IAsyncDisposable
{
    /// <summary>
    /// Runs one program to its end or its limit. A program that fails is a result, not an exception; only the runner's own failure throws
    /// (<see cref="PythonException"/>). Cancelling kills the execution and everything that it started.
    /// </summary>
    Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel);
}
