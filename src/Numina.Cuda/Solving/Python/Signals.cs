using System.Diagnostics;

namespace Numina.Cuda.Solving.Python;

/// <summary>Names of the signals that end programs, by their numbers on Linux (x86_64 and arm64).</summary>
internal static class Signals
{
    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGXCPU, which the processor time limit sends.</summary>
    public const int CpuLimit = 24;

    /// <summary>
    /// A finished process's exit code, or the negated signal number that ended it. .NET gives 128 + n for signal n; a program that exits with such a code of
    /// its own is taken for one.
    /// </summary>
    public static int ExitCode(Process process) => process.ExitCode is > 128 and < 128 + 65 and int code && !OperatingSystem.IsWindows() ? 128 - code : process.ExitCode;

    /// <summary>Such as "SIGSEGV (segmentation fault)".</summary>
    public static string Describe(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL (illegal instruction)",
        5 => "SIGTRAP",
        6 => "SIGABRT (aborted)",
        7 => "SIGBUS (bus error)",
        8 => "SIGFPE (arithmetic error)",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV (segmentation fault)",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU (processor time)",
        25 => "SIGXFSZ (file size)",
        31 => "SIGSYS (forbidden system call)",
        _ => signal.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
