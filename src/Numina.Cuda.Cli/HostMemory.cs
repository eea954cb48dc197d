using System.Globalization;

namespace Numina.Cuda.Cli;

/// <summary>The memory of the machine, or of the container, in bytes.</summary>
internal static class HostMemory
{
    private const string Statistics = "/proc/meminfo";

    /// <summary>All of it.</summary>
    public static long Total => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>What programs may still take without swapping: the pages of mapped checkpoints count as free, since they can be read again. <see cref="Total"/> where the system does not say.</summary>
    public static long Available => OperatingSystem.IsLinux() ? Math.Min(Total, ReadAvailable(File.ReadLines(Statistics)) ?? Total) : Total;

    /// <summary>The line "MemAvailable: 12345 kB".</summary>
    internal static long? ReadAvailable(IEnumerable<string> lines) => lines
        .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Where(words => words is ["MemAvailable:", _, "kB"])
        .Select(words => (long?)(long.Parse(words[1], CultureInfo.InvariantCulture) << 10))
        .FirstOrDefault();
}
