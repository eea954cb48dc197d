using System.CommandLine;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Solving.Replay;
using Spectre.Console;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Runs recorded or scripted conversations through the real loop without a model.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var command = new Command("replay", "Run scripted conversations, or a recorded run's, through the real loop without a model, and vote again.");
        var file = new Argument<string>("FILE") { Description = "JSON lines: scripts (prompt, problem, config, script), or a run's log." }.NoOption();
        command.Add(file);
        var solving = new SolvingArguments(command);
        Option<bool> json = Opt.Flag("--json", "Print a JSON object a conversation: every text after every step, order, candidates, filtered, majority.");
        command.Add(json);
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(file)!, solving.Read(parsed, demo: false), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string file, SolvingSettings solving, bool json, CancellationToken cancel)
    {
        IReadOnlyList<ReplayCase> cases = ReplayFile.Read(file);
        await using ISandboxedPython python = await SandboxedPython.StartAsync(new PythonPoolOptions { Sandbox = solving.Sandbox }, cancel);
        var replayer = new Replayer(python);
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("conversation", "candidates", "filtered", "majority", "generations", "code runs");
        foreach (ReplayCase conversation in cases)
        {
            ReplayResult result = solving.Notebook
                ? await replayer.NotebookAsync(conversation, cancel)
                : await replayer.DefaultAsync(conversation, SolvingHost.OptionsOf(solving), cancel);
            if (json)
            {
                Console.WriteLine(result.ToJson());
                continue;
            }

            if (result.Raised is { } raised)
            {
                table.AddRow(Markup.Escape(result.Id), "", "", Markup.Escape($"ends in step {raised.Step}: {raised.Raised.Type}"), "", "");
                continue;
            }

            table.AddRow(
                Markup.Escape(result.Id), Markup.Escape(string.Join(", ", result.Candidates)), Markup.Escape(string.Join(", ", result.Filtered)), result.Majority,
                $"{result.GenerateCalls}", $"{result.CodeRuns}");
        }

        if (!json)
        {
            AnsiConsole.Write(table);
        }

        return ExitCode.Done;
    }
}
