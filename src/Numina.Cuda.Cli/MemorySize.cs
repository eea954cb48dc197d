using System.Globalization;

namespace Numina.Cuda.Cli;

/// <summary>Bytes as people read them.</summary>
internal static class MemorySize
{
    /// <summary>In MiB with one decimal, as --kv-memory counts them.</summary>
    public static string Text(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):N1} MiB");
}
