using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cuda;

namespace Numina.Cuda.Bench.Devices;

/// <summary>A backend under measurement, with the clock that fits it. Owns the backend.</summary>
internal interface IBenchDevice : IDisposable
{
    IBackend Backend { get; }

    /// <summary>Bytes of the last cache before memory: what a measurement of memory's speed must overrun.</summary>
    long CacheBytes { get; }

    /// <summary>The most bytes of device memory held at once so far; null for the host.</summary>
    long? PeakBytes { get; }

    /// <summary>NVIDIA's matrix product to compare with, or null.</summary>
    CublasGemm? Cublas { get; }

    /// <summary>GB/s of a large copy, bytes read and bytes written both counted.</summary>
    double CopyBandwidth(int runs);

    /// <summary>Seconds of each of <paramref name="runs"/> runs of <paramref name="work"/> after a warm-up, ascending.</summary>
    /// <param name="work">Operations on the backend; the same ones on the same memory whenever it is called.</param>
    /// <param name="runs">How many are measured.</param>
    /// <param name="waits">The work waits for the device, so it can't be recorded and replayed.</param>
    double[] Time(Action work, int runs, bool waits);

    /// <summary>Waits for everything queued.</summary>
    void Synchronize();
}
