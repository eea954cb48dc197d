using System.Numerics;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>The compatibility profile: the notebook's loop, its vote and its ties.</summary>
public sealed class NotebookSolver(ITraceModel model, IPythonRunner python, NotebookConfig config) : ISolver
{
    private readonly NotebookLoop _loop = new(model, python, config);

    /// <exception cref="NotebookRunException">The published run would end here.</exception>
    public async Task<SolveResult> SolveAsync(Problem problem, Action<SolveEvent>? observe, CancellationToken cancel)
    {
        NotebookRun run = await _loop.RunAsync(problem, observe, cancel).ConfigureAwait(false);
        TraceRecord[] traces = [.. Enumerable.Range(0, config.NumSamples).Select(sample => TraceOf(run, sample))];
        foreach (TraceRecord trace in traces)
        {
            observe?.Invoke(new TraceFinished(trace.Sample, trace));
        }

        return new SolveResult { Problem = problem, Traces = traces, Vote = VoteOf(run), Printed = run.Printed };
    }

    /// <summary>Tallies in the order of the notebook's list, where a tie goes to the value seen first.</summary>
    internal static VoteResult VoteOf(NotebookRun run)
    {
        var votes = run.Order.Zip(run.Candidates)
            .Select(pair => (Sample: pair.First, Value: NotebookAnswer.Value(pair.Second)))
            .Where(vote => vote.Value != null);
        List<Tally> tallies = [.. votes
            .GroupBy(vote => Vote.Reduce(vote.Value!.Value, 1000))
            .Select(group => new Tally(group.Key, group.Count(), group.First().Sample))
            .OrderByDescending(tally => tally.Count)];
        return new VoteResult(tallies.Count == 0 ? null : run.Majority, tallies);
    }

    private static TraceRecord TraceOf(NotebookRun run, int sample)
    {
        List<TurnRecord> turns = [];
        int attempt = 0;
        NotebookStepResult? last = null;
        foreach (NotebookStepSample step in run.Steps.SelectMany(step => step.Samples).Where(step => step.I == sample))
        {
            last = step.Result;
            int written = step.Before.GenTexts.Length + step.Completion.Text.Length;
            turns.Add(new TurnRecord
            {
                Attempt = attempt,
                Text = step.Completion.Text,
                Tokens = step.Completion.Tokens,
                Reason = step.Completion.Reason,
                Execution = last.Execution,
                Appended = last.Execution == null ? "" : last.Sample.GenTexts[written..],
            });
            attempt += last.Failure != null && !last.Sample.ShouldPrune ? 1 : 0;
        }

        string answer = last?.Sample.ModelAnswers ?? NotebookAnswer.None;
        bool asksForOutput = last?.Sample.GenTexts.EndsWith("```output\n", StringComparison.Ordinal) == true;
        bool answered = answer != NotebookAnswer.None;
        BigInteger? value = NotebookAnswer.Value(answer);
        return new TraceRecord
        {
            Sample = sample,
            End = answered ? TraceEnd.Answered : last?.Failure ?? (asksForOutput ? TraceEnd.OutOfRounds : TraceEnd.NoAnswer),
            Answer = answered ? answer : null,
            Value = value?.ToString(),
            Turns = turns,
        };
    }
}
