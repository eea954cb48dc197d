using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving;

/// <summary>A Python that answers at once: print(X) gives X, "fail" fails with what stands behind it. It remembers what it was given.</summary>
internal sealed class StubPython : IPythonRunner
{
    private readonly List<string> _codes = [];

    public IReadOnlyList<string> Codes => _codes;

    public Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel)
    {
        lock (_codes)
        {
            _codes.Add(job.Code);
        }

        string last = job.Code.TrimEnd().Split('\n')[^1];
        return Task.FromResult(last.StartsWith("fail ", StringComparison.Ordinal) ? new PythonResult(PythonStatus.Failure, last[5..])
            : last.StartsWith("print(", StringComparison.Ordinal) ? new PythonResult(PythonStatus.Success, last["print(".Length..^1])
            : new PythonResult(PythonStatus.Success, ""));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
