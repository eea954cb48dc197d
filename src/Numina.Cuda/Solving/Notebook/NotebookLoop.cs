using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>
/// The notebook's loop for one problem: N steps in lock step, each one generation of every live sample and then <c>process_code</c> of every live sample. Within a
/// step everything runs at once; what is printed and kept is in sample order.
/// </summary>
public sealed class NotebookLoop(ITraceModel model, IPythonRunner python, NotebookConfig config)
{
    private static readonly StopText[] Stops = [new("```output\n", Kept: true)];

    private readonly NotebookStep _step = new(new NotebookExecutor(python));

    /// <exception cref="NotebookRunException">Output of a program is not UTF-8.</exception>
    public async Task<NotebookRun> RunAsync(Problem problem, Action<SolveEvent>? observe, CancellationToken cancel)
    {
        List<(int I, NotebookSample Sample)> live = [.. Enumerable.Range(0, config.NumSamples).Select(i => (i, NotebookSample.Start(problem.Prompt)))];
        List<(int I, NotebookSample Sample)> done = [];
        List<NotebookStepRecord> steps = [];
        for (int index = 0; index < config.NumGenerations; index++)
        {
            (NotebookStepSample Sample, string Printed)[] results =
                await RunStepAsync(problem, live, steps, observe, cancel).ConfigureAwait(false);
            NotebookStepSample[] samples = [.. results.Select(result => result.Sample)];
            steps.Add(new NotebookStepRecord(samples, string.Concat(results.Select(result => result.Printed))));
            done.AddRange(samples.Where(sample => sample.Sample.ShouldPrune).Select(sample => (sample.I, sample.Sample)));
            live = [.. samples.Where(sample => !sample.Sample.ShouldPrune).Select(sample => (sample.I, sample.Sample))];
        }

        (int I, NotebookSample Sample)[] all = [.. done, .. live];
        string[] candidates = [.. all.Select(entry => entry.Sample.ModelAnswers)];
        IReadOnlyList<int> filtered = NotebookAnswer.Filter(candidates);
        return new NotebookRun
        {
            Steps = steps,
            Order = [.. all.Select(entry => entry.I)],
            Candidates = candidates,
            Filtered = filtered,
            Majority = NotebookAnswer.MajorityVote(filtered),
        };
    }

    private async Task<(NotebookStepSample Sample, string Printed)[]> RunStepAsync(
        Problem problem, List<(int I, NotebookSample Sample)> live, IReadOnlyList<NotebookStepRecord> before, Action<SolveEvent>? observe, CancellationToken cancel)
    {
        Completion[] completions = await Task.WhenAll(live.Select(entry => GenerateAsync(problem, entry, before.Count, observe, cancel))).ConfigureAwait(false);
        return await Task.WhenAll(live.Zip(completions, (entry, completion) => ProcessAsync(problem, entry, completion, before, observe, cancel)))
            .ConfigureAwait(false);
    }

    /// <summary>The whole text goes to the model again as a fresh prompt.</summary>
    private async Task<Completion> GenerateAsync(
        Problem problem, (int I, NotebookSample Sample) entry, int index, Action<SolveEvent>? observe, CancellationToken cancel)
    {
        using ITraceSession session = model.Open(new TraceKey(problem.Id, entry.I, index), entry.Sample.GenTexts);
        return await session.GenerateAsync(
            new CompletionOptions(config.MaxNewTokens, Stops), text => observe?.Invoke(new TextWritten(entry.I, text)), cancel).ConfigureAwait(false);
    }

    private async Task<(NotebookStepSample Sample, string Printed)> ProcessAsync(
        Problem problem,
        (int I, NotebookSample Sample) entry,
        Completion completion,
        IReadOnlyList<NotebookStepRecord> before,
        Action<SolveEvent>? observe,
        CancellationToken cancel)
    {
        NotebookSample generated = entry.Sample with { GenTexts = entry.Sample.GenTexts + completion.Text };
        StringWriter printed = new();
        try
        {
            NotebookStepResult result = await _step
                .ProcessAsync(generated, config.RestartOnFail, before.Count == config.NumGenerations - 1, printed, cancel).ConfigureAwait(false);
            if (result.Execution is { } execution)
            {
                observe?.Invoke(new ExecutionFinished(entry.I, execution, result.Sample.GenTexts[generated.GenTexts.Length..]));
            }

            return (new NotebookStepSample(entry.I, entry.Sample, completion, result), printed.ToString());
        }
        catch (PythonRaisedException raised)
        {
            throw new NotebookRunException(problem.Id, entry.I, before, raised);
        }
    }
}
