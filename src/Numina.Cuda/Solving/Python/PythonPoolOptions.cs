namespace Numina.Cuda.Solving.Python;

/// <summary>Size and limits of a pool.</summary>
public sealed record PythonPoolOptions
{
    /// <summary>The interpreter; null looks for one (<see cref="PythonInterpreter.Find()"/>).</summary>
    public string? Interpreter { get; init; }

    /// <summary>Programs that run at once; more wait. Processes are made when first needed.</summary>
    public int Workers { get; init; } = 48;

    /// <summary>How long a program may run. The clock starts behind the imports.</summary>
    public TimeSpan WallClock { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Processor time of one process of a program.</summary>
    public int CpuSeconds { get; init; } = 10;

    /// <summary>Memory that a program may allocate, beyond what the preloaded libraries hold. <see cref="PrewarmedPool"/> can't limit it.</summary>
    public long MemoryBytes { get; init; } = 1L << 30;

    /// <summary>Processes and threads of one program. <see cref="PrewarmedPool"/> can't limit them.</summary>
    public int Processes { get; init; } = 16;

    /// <summary>Size of one written file; four times as much is all that a program may write where it has its own file system.</summary>
    public long FileBytes { get; init; } = 16L << 20;

    /// <summary>Bytes of each output stream that are kept; a program of the default profile that writes more is stopped.</summary>
    public int OutputBytes { get; init; } = 1 << 20;

    /// <summary>Whether layers of isolation that are missing here are a reason not to start.</summary>
    public SandboxMode Sandbox { get; init; } = SandboxMode.Best;
}

/// <summary>What is done about layers of isolation that the machine does not grant.</summary>
public enum SandboxMode
{
    /// <summary>All layers that the machine grants; the others are reported.</summary>
    Best,

    /// <summary>A missing layer is an error.</summary>
    Require,

    /// <summary>Limits only.</summary>
    None,
}
