using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving;

/// <summary>The default profile: M traces, each at its own pace, and a vote that does not depend on the order in which they end.</summary>
public sealed class Solver : ISolver
{
    private readonly ITraceModel _model;
    private readonly IPythonRunner _python;
    private readonly SolverOptions _options;

    /// <param name="model">Writes the traces. Not owned.</param>
    /// <param name="python">Runs their code. Not owned.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public Solver(ITraceModel model, IPythonRunner python, SolverOptions options)
    {
        options.Validate();
        _model = model;
        _python = python;
        _options = options;
    }

    public async Task<SolveResult> SolveAsync(Problem problem, Action<SolveEvent>? observe, CancellationToken cancel)
    {
        using CancellationTokenSource traces = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<TraceRecord>[] running = [.. Enumerable.Range(0, _options.Samples).Select(sample => RunAsync(problem, sample, observe, traces))];
        TraceRecord[] records = await Task.WhenAll(running).ConfigureAwait(false);
        return new SolveResult { Problem = problem, Traces = records, Vote = Vote.Count(records, _options.Modulus) };
    }

    /// <summary>One trace's failure ends the others, so that the failure and not a timeout is what the caller sees.</summary>
    private async Task<TraceRecord> RunAsync(Problem problem, int sample, Action<SolveEvent>? observe, CancellationTokenSource traces)
    {
        try
        {
            return await new Trace(problem, sample, _model, _python, _options, observe).RunAsync(traces.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await traces.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
