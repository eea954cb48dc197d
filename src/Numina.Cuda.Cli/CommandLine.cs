using System.CommandLine;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Cli.Commands;
using Numina.Cuda.Engine;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Solving.Replay;
using Numina.Cuda.Text;
using Numina.Cuda.Text.Chat;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Cli;

/// <summary>The commands, and what their failures look like: one line on standard error and an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        ParseResult parsed = Root().Parse(arguments);
        if (parsed.Errors is [var first, ..])
        {
            bool noCommand = parsed.CommandResult.Command is RootCommand;
            return Report(noCommand ? $"expected a command, found {(arguments.Length > 0 ? $"\"{arguments[0]}\"" : "none")}; --help lists them" : first.Message, ExitCode.BadUsage);
        }

        using var interrupt = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // The first Ctrl-C ends the run in order, so that what is solved is on disk; the second one kills.
            pressed.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        };
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return Report("interrupted", ExitCode.Interrupted);
        }
        catch (UsageException error)
        {
            return Report(error.Message, ExitCode.BadUsage);
        }
        catch (Exception error) when (IsExpected(error))
        {
            return Report(error.Message, ExitCode.Failed);
        }
    }

    private static RootCommand Root() => new("SC-TIR on Llama-family checkpoints: M traces of a problem write Python, read its output and vote.")
    {
        RunCommand.Create(),
        SolveCommand.Create(),
        GenerateCommand.Create(),
        VerifyCommand.Create(),
        ReplayCommand.Create(),
        TokenizeCommand.Create(),
        DetokenizeCommand.Create(),
        ChatCommand.Create(),
        PythonCommand.Create(),
        DoctorCommand.Create(),
    };

    /// <summary>Failures whose message says all that a user can use. Anything else is a defect of ours and shows its stack.</summary>
    private static bool IsExpected(Exception error) => error is EngineException { InnerException: { } cause } ? IsExpected(cause) : error
        is FailureException or CudaException or LogitsException or CheckpointException or TokenizerException or ChatTemplateException or DatasetException or RunLogException or PythonException or NotebookRunException or ReplayFileException
        or ArgumentException { ParamName: null } or IOException or UnauthorizedAccessException or OutOfMemoryException;

    private static int Report(string message, int code)
    {
        Console.Error.WriteLine($"numina-cuda: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
