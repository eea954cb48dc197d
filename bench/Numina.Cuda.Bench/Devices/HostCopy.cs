using System.Diagnostics;

namespace Numina.Cuda.Bench.Devices;

/// <summary>
/// The memory's speed: every thread copies blocks of its own, far larger than the caches. Counted is each byte read and each byte written, once;
/// the read for ownership that a cached write may cause is not.
/// </summary>
internal static class HostCopy
{
    private const int Megabytes = 192;

    public static double Measure(int threads, int runs)
    {
        byte[][] from = [.. Enumerable.Range(0, threads).Select(_ => Filled())];
        byte[][] to = [.. Enumerable.Range(0, threads).Select(_ => Filled())];
        double best = double.MaxValue;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Thread[] copiers = [.. Enumerable.Range(0, threads).Select(t => new Thread(() => from[t].AsSpan().CopyTo(to[t])))];
            Array.ForEach(copiers, thread => thread.Start());
            Array.ForEach(copiers, thread => thread.Join());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * threads * (Megabytes << 20) / best / 1e9;
    }

    private static byte[] Filled()
    {
        byte[] block = GC.AllocateUninitializedArray<byte>(Megabytes << 20);
        Array.Fill(block, (byte)1);
        return block;
    }
}
