using System.CommandLine;
using System.Diagnostics;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Cli.Views;
using Numina.Cuda.Evaluation;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Solves a data set and reports how well.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Solve a data set with SC-TIR and report the accuracy. With no MODEL: the embedded demo.");
        var model = new ModelArguments(command, required: false);
        var data = new Option<string?>("--data") { Description = "A .jsonl or .csv file with the columns problem, answer and id. None: the embedded demo problems.", HelpName = "PATH" };
        Option<int> limit = Opt.Int("--limit", "Solve the first so many problems; 0: all.", 0, 0);
        Option<int> atOnce = Opt.Int("--problems-at-once", "Problems in flight; 0: as many as fill a batch of 48 traces. Answers don't depend on it.", 0, 0);
        var outFolder = new Option<string?>("--out") { Description = "A folder for the run's log. The same command goes on where a killed one ended.", HelpName = "DIR" };
        Option<bool> json = Opt.Flag("--json", "Print the result as one JSON object.");
        command.Add(data);
        command.Add(limit);
        var solving = new SolvingArguments(command);
        var sampling = new SamplingArguments(command, temperature: 0.8f, maxNewTokens: 2048);
        command.Add(atOnce);
        command.Add(outFolder);
        command.Add(json);
        command.SetAction((parsed, cancel) => RunAsync(new RunRequest(
            model.Read(parsed), solving.Read(parsed, parsed.GetValue(model.Model) is null), sampling.Read(parsed), parsed.GetValue(data), parsed.GetValue(limit),
            parsed.GetValue(atOnce), parsed.GetValue(outFolder), parsed.GetValue(json)), cancel));
        return command;
    }

    private sealed record RunRequest(
        ModelSettings Model, SolvingSettings Solving, SamplingSettings Sampling, string? Data, int Limit, int AtOnce, string? Out, bool Json);

    private static async Task<int> RunAsync(RunRequest request, CancellationToken cancel)
    {
        string data = request.Data ?? Demo.ProblemsFile();
        Dataset set = Dataset.Load(data);
        foreach (string warning in set.Warnings)
        {
            Console.Error.WriteLine($"warning: {warning}");
        }

        IReadOnlyList<ProblemRow> problems = request.Limit > 0 ? [.. set.Problems.Take(request.Limit)] : set.Problems;
        using RunLog? log = request.Out is { } folder ? OpenLog(folder, RunSettings.Of(request.Model, request.Solving, request.Sampling, data)) : null;
        int atOnce = request.AtOnce > 0 ? request.AtOnce : Math.Max(1, 48 / request.Solving.Samples);

        await using SolvingHost host = await SolvingHost.OpenAsync(request.Model, request.Solving, request.Sampling, atOnce, line => Console.Error.WriteLine(line), cancel);
        var clock = Stopwatch.StartNew();
        IReadOnlyList<SolvedProblem> solved;
        await using (var view = RunView.Open(problems, log is null ? [] : Evaluator.Logged(problems, log), request.Solving.Samples, request.Solving.Modulus))
        {
            solved = await new Evaluator(host.Solver, host.Prompt, request.Solving.Profile, atOnce).RunAsync(problems, log, view, cancel);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        RunSummary summary = RunSummary.Of(solved, request.Solving.Samples, request.Solving.Modulus, seconds, host.TokensWritten);
        SummaryView.Print(summary, request.Json);
        return ExitCode.Done;
    }

    private static RunLog OpenLog(string folder, IReadOnlyDictionary<string, string> settings)
    {
        try
        {
            return RunLog.Open(folder, settings);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailureException($"--out {folder}: expected a folder that can be written, found that it cannot ({error.Message})");
        }
    }
}
