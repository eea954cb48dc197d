namespace Numina.Cuda.Bench.Operations;

/// <summary>One operation on one shape. Its memory belongs to whoever made it and lives until the next is asked for.</summary>
/// <param name="Name">Operation and shape.</param>
/// <param name="Run">Queues it on the i-th of <paramref name="Copies"/> sets of inputs.</param>
/// <param name="Copies">As many as it takes for no run to find the inputs of an earlier one in a cache.</param>
internal sealed record BenchOperation(string Name, Action<int> Run, int Copies)
{
    /// <summary>How far a run's result is from that of an independent implementation.</summary>
    public required Func<Difference> Check { get; init; }

    /// <summary>Bytes that a run must read and write, each once.</summary>
    public required double Bytes { get; init; }

    /// <summary>Floating-point operations of a run; 0 where bytes alone tell.</summary>
    public double Flops { get; init; }

    /// <summary>A run ends with waiting for its result.</summary>
    public bool Waits { get; init; }

    /// <summary>The operation of NVIDIA's library that does the same.</summary>
    public string? Peer { get; init; }

    /// <summary>It is the library's own, so its failure is not ours.</summary>
    public bool IsPeer { get; init; }

    /// <summary>Sets of inputs, of so many bytes each, that together are four times the cache.</summary>
    public static int CopiesFor(long cacheBytes, double bytes) => (int)Math.Clamp(Math.Ceiling(4 * cacheBytes / bytes), 1, 256);
}
