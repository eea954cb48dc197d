namespace Numina.Cuda.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;

    /// <summary>128 + SIGINT, as shells expect. A run that ends so can be resumed.</summary>
    public const int Interrupted = 130;
}
