using System.Globalization;

namespace Numina.Cuda.Solving.Python;

/// <summary>What the default profile tells the model of a finished program: its output, then the error.</summary>
internal static class DefaultOutput
{
    public static PythonResult From(Execution execution, PythonPoolOptions limits)
    {
        (PythonLimit limit, string error) = Error(execution, limits);
        string output = PythonText.Strip(Text(execution.Output));
        PythonStatus status = limit == PythonLimit.WallClock ? PythonStatus.TimedOut : error.Length == 0 ? PythonStatus.Success : PythonStatus.Failure;
        return new PythonResult(status, output.Length > 0 && error.Length > 0 ? output + "\n" + error : output + error)
        {
            Error = error,
            StandardError = Text(execution.Errors),
            Limit = limit,
            ExitCode = execution.Ending == Ending.Exited ? execution.ExitCode : null,
        };
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => PythonText.UniversalNewlines(PythonText.DecodeLeniently(bytes.Span));

    private static (PythonLimit Limit, string Error) Error(Execution execution, PythonPoolOptions limits)
    {
        if (execution.Ending == Ending.TimedOut)
        {
            return (PythonLimit.WallClock, NotebookOutput.TimedOut(limits.WallClock));
        }

        if (execution.Ending == Ending.Flooded)
        {
            return (PythonLimit.Output, $"Stopped: more than {Size(limits.OutputBytes)} of output.");
        }

        if (execution.Ending == Ending.OutOfMemory)
        {
            return (PythonLimit.Memory, $"Stopped: more than {Size(limits.MemoryBytes)} of memory in all processes.");
        }

        if (execution.ExitCode == -Signals.CpuLimit)
        {
            return (PythonLimit.Cpu, $"Stopped: more than {limits.CpuSeconds} seconds of processor time.");
        }

        if (execution.ExitCode < 0)
        {
            return (PythonLimit.None, $"Killed by signal {Signals.Describe(-execution.ExitCode)}.");
        }

        if (execution.ExitCode == 0)
        {
            return (PythonLimit.None, "");
        }

        return execution.Report.IsEmpty
            ? (PythonLimit.None, string.Create(CultureInfo.InvariantCulture, $"Exited with code {execution.ExitCode}."))
            : Raised((char)execution.Report.Span[0], PythonText.Strip(Text(execution.Report[1..])), limits);
    }

    /// <summary>An exception; one that a limit has caused says so.</summary>
    private static (PythonLimit Limit, string Error) Raised(char letter, string text, PythonPoolOptions limits) => letter switch
    {
        'M' => (PythonLimit.Memory, $"{text}\nThe memory limit is {Size(limits.MemoryBytes)}."),
        'P' => (PythonLimit.Processes, $"{text}\nThe limit is {limits.Processes} processes and threads."),
        'F' => (PythonLimit.FileSize, $"{text}\nThe limit of a written file is {Size(limits.FileBytes)}."),
        _ => (PythonLimit.None, text),
    };

    private static string Size(long bytes) => bytes % (1 << 20) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
