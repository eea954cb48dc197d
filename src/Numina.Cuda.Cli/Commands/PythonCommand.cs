using System.CommandLine;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Cli.Commands;

/// <summary>Runs a program as a trace's code block would be run, and prints what the model would see.</summary>
internal static class PythonCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "The program; none: standard input.", Arity = ArgumentArity.ZeroOrOne }.NoOption();
        Option<string> compat = Opt.Choice("--compat", "notebook: as the published notebook runs it.", "none", "none", "notebook");
        Option<string> sandbox = Opt.Choice("--sandbox", "require: refuse to start without every layer of isolation.", "best", "require", "best", "none");
        Option<bool> json = Opt.Flag("--json", "Print status and output as one JSON object.");
        var command = new Command("python", "Run a program in the sandbox and print what the model would see.") { file, compat, sandbox, json };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetValue(file), parsed.GetValue(compat) == "notebook" ? PythonProfile.Notebook : PythonProfile.Default,
            Enum.Parse<SandboxMode>(parsed.GetValue(sandbox)!, ignoreCase: true), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string? file, PythonProfile profile, SandboxMode sandbox, bool json, CancellationToken cancel)
    {
        string code = file is null ? await Console.In.ReadToEndAsync(cancel) : await File.ReadAllTextAsync(file, cancel);
        await using ISandboxedPython pool = await SandboxedPython.StartAsync(new PythonPoolOptions { Sandbox = sandbox, Workers = 1 }, cancel);
        PythonResult result = await pool.RunAsync(new PythonJob(code, profile), cancel);
        if (json)
        {
            JsonLine.Write(writer =>
            {
                writer.WriteString("status", result.Status.ToString());
                writer.WriteString("output", result.Output);
            });
        }
        else
        {
            Console.WriteLine(result.Output);
        }

        return result.Status == PythonStatus.Success ? ExitCode.Done : ExitCode.Failed;
    }
}
