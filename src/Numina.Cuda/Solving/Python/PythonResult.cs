namespace Numina.Cuda.Solving.Python;

/// <summary>What one execution gave.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Output">The text that the model is to read.</param>
public sealed record PythonResult(PythonStatus Status, string Output)
{
    /// <summary>From the moment a worker took the job to its end; time spent waiting for a worker is not in it.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The process's exit code, or the negated signal number that ended it; null where the execution was stopped by a limit of ours.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What the program wrote to standard error: for the record, not for the model.</summary>
    public string StandardError { get; init; } = "";

    /// <summary>The part of <see cref="PythonResult.Output"/>, at its end, that tells why the program failed; empty on success. A shortened output must keep it.</summary>
    public string Error { get; init; } = "";

    /// <summary>The limit that ended the execution or cut its output.</summary>
    public PythonLimit Limit { get; init; }
}

/// <summary>How an execution ended.</summary>
public enum PythonStatus
{
    /// <summary>The program ran to its end without an error.</summary>
    Success,

    /// <summary>The program raised, exited with another code than 0, or was killed.</summary>
    Failure,

    /// <summary>The wall clock ran out.</summary>
    TimedOut,
}

/// <summary>A limit that an execution ran into.</summary>
public enum PythonLimit
{
    /// <summary>None.</summary>
    None,

    /// <summary>The wall clock.</summary>
    WallClock,

    /// <summary>Processor time.</summary>
    Cpu,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>The number of processes and threads.</summary>
    Processes,

    /// <summary>The size of a written file.</summary>
    FileSize,

    /// <summary>The length of the output.</summary>
    Output,
}
