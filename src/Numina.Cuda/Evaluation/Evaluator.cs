using System.Collections.Concurrent;
using System.Diagnostics;
using Numina.Cuda.Solving;

namespace Numina.Cuda.Evaluation;

/// <summary>Hears what happens during a run. Called from several threads.</summary>
public interface IRunObserver
{
    /// <summary>Something happened in a trace of a problem.</summary>
    void Event(ProblemRow problem, SolveEvent happened);

    /// <summary>A problem is solved, and is in the log if there is one.</summary>
    void Solved(SolvedProblem problem);
}

/// <summary>Solves a data set, several problems at once so that the batch stays full while traces wait for Python.</summary>
/// <param name="solver">Solves one problem.</param>
/// <param name="renderPrompt">A statement as the model reads it.</param>
/// <param name="profile">What the solver was made with, for the log.</param>
/// <param name="atOnce">Problems in flight.</param>
public sealed class Evaluator(ISolver solver, Func<string, string> renderPrompt, SolvingProfile profile, int atOnce)
{
    /// <summary>Solves what the log does not hold yet and gives all problems in the set's order. On cancellation the finished ones are in the log.</summary>
    public async Task<IReadOnlyList<SolvedProblem>> RunAsync(IReadOnlyList<ProblemRow> problems, RunLog? log, IRunObserver observer, CancellationToken cancel)
    {
        var solved = new ConcurrentDictionary<int, SolvedProblem>(log is null ? [] : Logged(problems, log).Select(problem => KeyValuePair.Create(problem.Row, problem)));
        ProblemRow[] open = [.. problems.Where(problem => !solved.ContainsKey(problem.Row))];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(open, limits, async (problem, stop) =>
        {
            SolvedProblem result = await SolveAsync(problem, observer, stop).ConfigureAwait(false);
            log?.Append(result);
            solved[problem.Row] = result;
            observer.Solved(result);
        }).ConfigureAwait(false);
        return [.. problems.Select(problem => solved[problem.Row])];
    }

    /// <summary>The problems that a log already holds. Throws when it holds others under the same rows: the data set is not the one that was begun.</summary>
    public static IReadOnlyList<SolvedProblem> Logged(IReadOnlyList<ProblemRow> problems, RunLog log)
    {
        Dictionary<int, string> texts = problems.ToDictionary(problem => problem.Row, problem => problem.Text);
        SolvedProblem[] ours = [.. log.Solved.Where(problem => texts.ContainsKey(problem.Row))];
        return ours.FirstOrDefault(problem => problem.Solved.Problem.Text != texts[problem.Row]) is { } other
            ? throw new RunLogException($"row {other.Row}: the log holds another problem than the data set: choose another --out folder or the same data")
            : ours;
    }

    private async Task<SolvedProblem> SolveAsync(ProblemRow row, IRunObserver observer, CancellationToken cancel)
    {
        // Ids may repeat; the row does not, and names the problem in the sampling noise.
        var problem = new Problem(row.Row.ToString(), row.Text, renderPrompt(row.Text));
        var clock = Stopwatch.StartNew();
        SolveResult result = await solver.SolveAsync(problem, happened => observer.Event(row, happened), cancel).ConfigureAwait(false);
        return new SolvedProblem
        {
            Row = row.Row,
            Id = row.Id,
            Answer = row.Answer?.ToString(),
            Votes = [.. result.Vote.Tallies.Select(tally => new VoteCount(tally.Value.ToString(), tally.Count))],
            Seconds = clock.Elapsed.TotalSeconds,
            Printed = result.Printed,
            Solved = SolveRecord.Of(result, profile.Name, profile.Rounds, profile.RestartOnFail),
        };
    }
}

/// <summary>What a replay of a recorded problem needs to know of the solver.</summary>
/// <param name="Name">"default" or "notebook".</param>
/// <param name="Rounds">Depth N.</param>
/// <param name="RestartOnFail">A failed trace starts again.</param>
public sealed record SolvingProfile(string Name, int Rounds, bool RestartOnFail);
