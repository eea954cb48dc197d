using System.CommandLine;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Cli.Views;
using Numina.Cuda.Solving;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Solves one problem and shows the traces as they are written.</summary>
internal static class SolveCommand
{
    public static Command Create()
    {
        var command = new Command("solve", "Solve one problem: print the traces as they are written, then the vote.");
        var problem = new Argument<string>("PROBLEM") { Description = "The statement." }.NoOption();
        command.Add(problem);
        var model = new ModelArguments(command, required: false);
        var solving = new SolvingArguments(command);
        var sampling = new SamplingArguments(command, temperature: 0.8f, maxNewTokens: 2048);
        Option<bool> json = Opt.Flag("--json", "Print the result as one JSON object.");
        command.Add(json);
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(problem)!, model.Read(parsed), solving.Read(parsed, parsed.GetValue(model.Model) is null), sampling.Read(parsed), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        string problem, ModelSettings model, SolvingSettings solving, SamplingSettings sampling, bool json, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(problem))
        {
            throw new UsageException("PROBLEM: expected a statement, found an empty one");
        }

        await using SolvingHost host = await SolvingHost.OpenAsync(model, solving, sampling, problemsAtOnce: 1, Console.Error.WriteLine, cancel);
        var view = new TraceView(json ? TextWriter.Null : Console.Out);
        SolveResult result = await host.Solver.SolveAsync(new Problem("0", problem, host.Prompt(problem)), view.Add, cancel);
        SolutionView.Print(result, json);
        return ExitCode.Done;
    }
}
