using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tensors;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Bench.Devices;

/// <summary>
/// A GPU, by events of its own stream. Work is recorded as a CUDA graph and replayed, so that what the host takes to queue small kernels is not in the figures.
/// </summary>
internal sealed class GpuDevice : IBenchDevice
{
    private const long LargestCopy = 1L << 30;
    private const int WarmUps = 2;
    // What events tell apart, in seconds.
    private const double ClockStep = 5e-7;
    private readonly CudaBackend _backend;
    private readonly EventHandle _start;
    private readonly EventHandle _end;

    /// <param name="options">Which device, which kernels.</param>
    /// <param name="missing">Hears, in one line, why there is no cuBLAS.</param>
    public GpuDevice(CudaOptions options, Action<string> missing)
    {
        _backend = CudaBackend.Open(options);
        _start = new EventHandle(_backend.Context);
        _end = new EventHandle(_backend.Context);
        CacheBytes = CudaDevice.Attribute(options.Device, DeviceAttribute.SecondLevelCacheBytes);
        try
        {
            Cublas = CublasGemm.Open(_backend);
        }
        catch (CudaException exception)
        {
            missing(exception.Message);
        }
    }

    public IBackend Backend => _backend;

    public long CacheBytes { get; }

    public long? PeakBytes => _backend.PeakBytes;

    public CublasGemm? Cublas { get; }

    public double CopyBandwidth(int runs)
    {
        long bytes = Math.Min(LargestCopy, 32 * CacheBytes);
        using Buffer from = _backend.Allocate(bytes), to = _backend.Allocate(bytes);
        Tensor source = from.View(DType.U8, new Shape(bytes)), destination = to.View(DType.U8, new Shape(bytes));
        double[] seconds = Time(() => _backend.Copy(destination, source), runs, waits: false);
        return 2.0 * bytes / seconds[seconds.Length / 2] / 1e9;
    }

    public double[] Time(Action work, int runs, bool waits)
    {
        // Compiles kernels and reserves scratch memory: neither can happen while work is recorded.
        work();
        Synchronize();
        using RecordedStep? step = waits ? null : _backend.Record(work);
        double[] seconds = new double[runs];
        for (int run = -WarmUps; run < runs; run++)
        {
            _start.Record(_backend.Stream);
            if (step is null)
            {
                work();
            }
            else
            {
                _backend.Replay(step);
            }

            _end.Record(_backend.Stream);
            _end.Synchronize();
            if (run >= 0)
            {
                seconds[run] = Math.Max(_end.MillisecondsSince(_start) / 1e3, ClockStep);
            }
        }

        Synchronize();
        Array.Sort(seconds);
        return seconds;
    }

    public void Synchronize() => _backend.Synchronize();

    public void Dispose()
    {
        Cublas?.Dispose();
        _start.Dispose();
        _end.Dispose();
        _backend.Dispose();
    }
}
