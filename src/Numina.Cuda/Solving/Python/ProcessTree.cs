using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Numina.Cuda.Solving.Python;

/// <summary>Ends a program that leads a process group of its own, with what it has started.</summary>
internal static partial class ProcessTree
{
    /// <summary>
    /// Kills the process's descendants; on Unix also its group, where those are whose parents have ended. Only a process that has left both, by a session of
    /// its own and a parent that ended, escapes.
    /// </summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
        catch (AggregateException)
        {
            // Some of its descendants ended meanwhile.
        }

        if (!OperatingSystem.IsWindows())
        {
            // Fails when the group is empty, which is as well.
            _ = Signal(-process.Id, Signals.Kill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
