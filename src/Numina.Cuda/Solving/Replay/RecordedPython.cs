using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving.Replay;

/// <summary>Answers executions from a record; what is not in it goes to a real runner..</summary>
/// <param name="executions">The record.</param>
/// <param name="otherwise">Runs what was not recorded. Not owned.</param>
public sealed class RecordedPython(IEnumerable<ExecutionRecord> executions, IPythonRunner otherwise) : IPythonRunner
{
    private readonly Dictionary<string, ExecutionRecord> _results = executions.Where(execution => !execution.Stored).DistinctBy(execution => execution.Code)
        .ToDictionary(execution => execution.Code);

    public Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel) =>
        _results.TryGetValue(job.Code, out ExecutionRecord? found)
            ? Task.FromResult(new PythonResult(found.Status, found.Output) { Duration = TimeSpan.FromSeconds(found.Seconds) })
            : otherwise.RunAsync(job, cancel);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
