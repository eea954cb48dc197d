using System.Numerics;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving.Replay;

/// <summary>Runs recorded and scripted conversations through the real loops.</summary>
/// <param name="python">Runs the code that was not recorded. Not owned.</param>
public sealed class Replayer(IPythonRunner python)
{
    /// <summary>Through the notebook's loop. Where the published run would end with an exception, the result says so.</summary>
    public async Task<ReplayResult> NotebookAsync(ReplayCase replay, CancellationToken cancel)
    {
        NotebookConfig config = new() { NumSamples = replay.Samples, NumGenerations = replay.Rounds, RestartOnFail = replay.RestartOnFail };
        NotebookLoop loop = new(new ScriptedTraceModel(replay.Script), PythonOf(replay), config);
        try
        {
            return ResultOf(replay.Id, await loop.RunAsync(replay.Problem, observe: null, cancel).ConfigureAwait(false));
        }
        catch (NotebookRunException ended)
        {
            return new ReplayResult { Id = replay.Id, Steps = StepsOf(ended.Before), Raised = ended };
        }
    }

    /// <summary>Through the default loop. The case gives samples, rounds and restarts, the options everything else.</summary>
    public async Task<ReplayResult> DefaultAsync(ReplayCase replay, SolverOptions options, CancellationToken cancel)
    {
        SolverOptions own = options with { Samples = replay.Samples, Rounds = replay.Rounds, RestartOnFail = replay.RestartOnFail };
        Solver solver = new(new ScriptedTraceModel(replay.Script), PythonOf(replay), own);
        return ResultOf(replay.Id, await solver.SolveAsync(replay.Problem, observe: null, cancel).ConfigureAwait(false), own.Modulus);
    }

    private static ReplayResult ResultOf(string id, NotebookRun run) => new()
    {
        Id = id,
        Steps = StepsOf(run.Steps),
        Order = run.Order,
        Candidates = run.Candidates,
        Filtered = [.. run.Filtered.Select(value => value.ToString())],
        Majority = run.Majority.ToString(),
        GenerateCalls = run.GenerateCalls,
        CodeRuns = run.CodeRuns,
        Printed = run.Printed,
    };

    private static ReplayStep[] StepsOf(IReadOnlyList<NotebookStepRecord> steps) =>
        [.. steps.Select(step => new ReplayStep([.. step.Samples.Select(SampleOf)], step.Printed))];

    private static ReplayResult ResultOf(string id, SolveResult result, int? modulus)
    {
        int steps = result.Traces.Max(trace => trace.Turns.Count);
        TurnRecord[] turns = [.. result.Traces.SelectMany(trace => trace.Turns)];
        return new ReplayResult
        {
            Id = id,
            Steps = [.. Enumerable.Range(1, steps).Select(count => StepOf(result, count))],
            Order = [.. result.Traces.Select(trace => trace.Sample)],
            Candidates = [.. result.Traces.Select(trace => trace.Answer ?? NotebookAnswer.None)],
            Filtered = [.. result.Traces.Select(trace => trace.Value).OfType<string>().Select(value => Vote.Reduce(BigInteger.Parse(value), modulus).ToString())],
            Majority = result.Submitted.ToString(),
            GenerateCalls = turns.Length,
            CodeRuns = turns.Count(turn => turn.Execution is { Stored: false }),
            Printed = result.Printed,
        };
    }

    /// <summary>The default loop has no steps: the k-th holds every trace's k-th generation.</summary>
    private static ReplayStep StepOf(SolveResult result, int count) => new(
        [.. result.Traces.Where(trace => trace.Turns.Count >= count).Select(trace =>
        {
            bool last = trace.Turns.Count == count;
            string text = result.Problem.Prompt + trace.TextOf(trace.Turns[count - 1].Attempt, count);
            string answer = last ? trace.Answer ?? NotebookAnswer.None : NotebookAnswer.None;
            return new ReplaySample(trace.Sample, text, last && trace.End != TraceEnd.Answered, answer, trace.End != TraceEnd.NoCode || !last);
        })],
        "");

    private static ReplaySample SampleOf(NotebookStepSample step) =>
        new(step.I, step.Sample.GenTexts, step.Sample.ShouldPrune, step.Sample.ModelAnswers, step.Sample.HasCode);

    private IPythonRunner PythonOf(ReplayCase replay) => replay.Executions.Count == 0 ? python : new RecordedPython(replay.Executions, python);
}
