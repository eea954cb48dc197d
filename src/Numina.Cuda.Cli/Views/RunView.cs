using System.Collections.Concurrent;
using System.Globalization;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Solving;
using Spectre.Console;

namespace Numina.Cuda.Cli.Views;

/// <summary>
/// Shows a run on standard error: one line a solved problem, and on a terminal below them a live table of the problems in flight with their traces and votes.
/// </summary>
internal sealed class RunView : IRunObserver, IAsyncDisposable
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly ConcurrentDictionary<int, ProblemProgress> _inFlight = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly int _problems;
    private readonly int _samples;
    private readonly int? _modulus;
    private readonly Task _drawing;
    private int _solved;
    private int _right;

    private RunView(int problems, IReadOnlyList<SolvedProblem> before, int samples, int? modulus)
    {
        (_problems, _samples, _modulus) = (problems, samples, modulus);
        _solved = before.Count;
        _right = before.Count(problem => problem.IsRight(modulus) == true);
        if (before.Count > 0)
        {
            _lines.Enqueue($"resuming: {before.Count} of {problems} problems are in the log");
        }

        _drawing = Task.Run(_console.Profile.Capabilities.Interactive && !Console.IsErrorRedirected ? DrawLiveAsync : DrawLinesAsync);
    }

    /// <param name="problems">All problems of the run.</param>
    /// <param name="before">Those that an earlier session solved.</param>
    /// <param name="samples">Traces of each problem.</param>
    /// <param name="modulus">What answers are compared under.</param>
    public static RunView Open(IReadOnlyList<ProblemRow> problems, IReadOnlyList<SolvedProblem> before, int samples, int? modulus) =>
        new(problems.Count, before, samples, modulus);

    public void Event(ProblemRow problem, SolveEvent happened) =>
        _inFlight.GetOrAdd(problem.Row, _ => new ProblemProgress(problem.Id, _modulus)).Add(happened);

    public void Solved(SolvedProblem problem)
    {
        bool? isRight = problem.IsRight(_modulus);
        int solved = Interlocked.Increment(ref _solved);
        int right = isRight == true ? Interlocked.Increment(ref _right) : Volatile.Read(ref _right);
        string votes = string.Join(", ", problem.Votes.Take(3).Select(vote => $"{vote.Value} x{vote.Count}"));
        string verdict = isRight switch { true => "right", false => $"wrong, expected {problem.Answer}", null => "" };
        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture,
            $"[{solved}/{_problems}] problem {problem.Id}: {(problem.Solved.Voted ? problem.Solved.Submitted : "no vote")} {verdict} (votes {votes}; {problem.Seconds:f1} s; {right} right so far)"));
        _inFlight.TryRemove(problem.Row, out _);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _drawing;
        _closing.Dispose();
    }

    private async Task DrawLinesAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            WriteLines();
            await Task.Delay(Refresh, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        WriteLines();
    }

    private Task DrawLiveAsync() => _console.Live(Table()).AutoClear(true).StartAsync(async live =>
    {
        while (!_closing.IsCancellationRequested)
        {
            WriteLines();
            live.UpdateTarget(Table());
            await Task.Delay(Refresh, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        WriteLines();
    });

    private void WriteLines()
    {
        while (_lines.TryDequeue(out string? line))
        {
            _console.WriteLine(line);
        }
    }

    private Table Table()
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("problem", "writing", "in Python", "done", "votes");
        foreach (ProblemProgress problem in _inFlight.OrderBy(pair => pair.Key).Select(pair => pair.Value))
        {
            ProblemCounts counts = problem.Counts();
            table.AddRow(Markup.Escape(problem.Id), $"{_samples - counts.Done - counts.InPython}", $"{counts.InPython}", $"{counts.Done}/{_samples}", Markup.Escape(counts.Votes));
        }

        return table;
    }
}
