using System.Diagnostics;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Backends.Cuda;

namespace Numina.Cuda.Bench.Devices;

/// <summary>The host's SIMD units, by its own clock.</summary>
internal sealed class CpuDevice(CpuOptions options) : IBenchDevice
{
    private readonly CpuBackend _backend = new(options);

    public IBackend Backend => _backend;

    public long CacheBytes => 32 << 20;

    public long? PeakBytes => null;

    public CublasGemm? Cublas => null;

    public double CopyBandwidth(int runs) => HostCopy.Measure(options.Threads, runs + 2);

    public double[] Time(Action work, int runs, bool waits)
    {
        work();
        double[] seconds = new double[runs];
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds;
    }

    public void Synchronize()
    {
        // Work is done when a call returns.
    }

    public void Dispose() => _backend.Dispose();
}
