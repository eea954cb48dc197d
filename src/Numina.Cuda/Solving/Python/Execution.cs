namespace Numina.Cuda.Solving.Python;

/// <summary>How an execution was ended.</summary>
internal enum Ending
{
    Exited,
    TimedOut,
    Flooded,
    OutOfMemory,
    Cancelled,
}

/// <summary>One finished execution as the operating system saw it.</summary>
/// <param name="Ending">What ended it.</param>
/// <param name="ExitCode">Exit code, or the negated signal number.</param>
/// <param name="Duration">From the start of the program to the end of its last process.</param>
internal sealed record Execution(Ending Ending, int ExitCode, TimeSpan Duration)
{
    /// <summary>Standard output, up to the limit.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Standard error, up to the limit.</summary>
    public ReadOnlyMemory<byte> Errors { get; init; }

    /// <summary>One letter for a limit, then the text of the exception that ended a program of the default profile; may be empty.</summary>
    public ReadOnlyMemory<byte> Report { get; init; }

    /// <summary>The program's private folder, by the name that it had for the program.</summary>
    public required string Folder { get; init; }

    /// <summary>What the profile makes of it.</summary>
    /// <param name="profile">The profile that the program ran in.</param>
    /// <param name="limits">The limits that it ran under.</param>
    public PythonResult Interpret(PythonProfile profile, PythonPoolOptions limits)
    {
        PythonResult result = profile == PythonProfile.Default ? DefaultOutput.From(this, limits)
            : Ending == Ending.TimedOut ? new PythonResult(PythonStatus.TimedOut, NotebookOutput.TimedOut(limits.WallClock)) { Limit = PythonLimit.WallClock }
            : NotebookOutput.From(ExitCode, Output.Span, Errors.Span, Path.Combine(Folder, NotebookSource.FileName));
        return result with { Duration = Duration };
    }
}
