using System.Runtime.InteropServices;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Memory;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Backends.Cuda.Weights;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

/// <summary>
/// The operations on an NVIDIA GPU: one stream, kernels compiled at run time. A row's bits depend neither on the batch nor on whether it is computed by a prefill or a
/// decode step. A failure of a kernel leaves the device's context unusable: every later call throws.
/// </summary>
public sealed partial class CudaBackend : IBackend
{
    private readonly ContextHandle _context;
    private readonly StreamHandle _stream;
    private readonly Launcher _launcher;
    private readonly KernelCache _cache;
    private readonly KernelLibrary _kernels;
    private readonly DeviceMemory _memory;
    private readonly Staging _staging;
    private readonly WeightLoader _weights;
    private readonly Workspace _gathered;
    private readonly Workspace _partials;
    private readonly Workspace _lists;
    private readonly (string Name, object Value) _element;

    private CudaBackend(CudaDevice device, CudaOptions options)
    {
        Device = device;
        ActivationType = options.ActivationType;
        _element = ("ELEMENT", KernelVariant.TypeName(ActivationType));
        _context = new ContextHandle(device.Ordinal);
        _stream = new StreamHandle(_context);
        _launcher = new Launcher(_context, _stream);
        KernelSources sources = options.KernelDirectory is { } folder ? KernelSources.FromDirectory(folder) : KernelSources.Embedded();
        _cache = new KernelCache(sources, options.CacheDirectory);
        _kernels = new KernelLibrary(_context, device, _cache, _launcher);
        _memory = new DeviceMemory(_context, _stream, device);
        _staging = new Staging(_context, _stream, _launcher);
        _weights = new WeightLoader(_kernels, _memory, _staging, Allocate, ActivationType);
        _gathered = new Workspace(_memory);
        _partials = new Workspace(_memory);
        _lists = new Workspace(_memory);
    }

    /// <summary>
    /// Opens a device. Throws <see cref="CudaUnavailableException"/>, whose message is one line, when there is no driver, no such device, no NVRTC, or when the device lacks
    /// what the options ask for.
    /// </summary>
    public static CudaBackend Open(CudaOptions options)
    {
        CudaDevice device = CudaDevice.Find(options.Device);
        return options.ActivationType switch
        {
            DType.F16 => new CudaBackend(device, options),
            DType.BF16 when device.HasBFloat16 => new CudaBackend(device, options),
            DType.BF16 => throw new CudaUnavailableException($"CUDA device {device.Ordinal} ({device.Name}) is {device.Architecture}: BF16 needs sm_80 or later"),
            _ => throw new ArgumentException($"activations of type {options.ActivationType.Name()}: expected F16 or BF16", nameof(options)),
        };
    }

    /// <summary>The device behind it.</summary>
    public CudaDevice Device { get; }

    public string Name => $"CUDA device {Device.Ordinal}: {Device.Name}, {Device.Architecture}, {Device.Multiprocessors} multiprocessors, {Device.TotalBytes >> 20} MiB";

    public DType ActivationType { get; }

    public DType KvType => ActivationType;

    /// <summary>Bytes that are free on the device, for sizing the page pool. Waits for the queue and gives back what freed blocks still hold.</summary>
    public long FreeBytes() => _memory.Free();

    /// <summary>Kernels compiled so far because the cache did not hold them.</summary>
    public int Compilations => _cache.Compilations;

    /// <summary>The most bytes that this backend's allocations have held at once.</summary>
    public long PeakBytes => _memory.Peak;

    internal ContextHandle Context => _context;

    /// <summary>What every operation is queued on.</summary>
    internal StreamHandle Stream => _stream;

    /// <summary>For kernels that are no operation: self-tests.</summary>
    internal KernelLibrary Kernels => _kernels;

    /// <summary>Device memory of whatever content.</summary>
    internal Buffer AllocateUncleared(long byteLength) => _memory.Allocate(byteLength);

    public Buffer Allocate(long byteLength)
    {
        DeviceBuffer buffer = _memory.Allocate(byteLength);
        if (byteLength > 0)
        {
            Driver.Check(DriverApi.cuMemsetD8Async(buffer.Pointer, 0, (nuint)byteLength, _stream.Value));
        }

        return buffer;
    }

    public void Upload(Tensor destination, ReadOnlySpan<byte> source)
    {
        if (source.Length > destination.ByteLength)
        {
            throw new ArgumentException($"{source.Length} bytes don't fit into {destination.Shape} of {destination.Type.Name()}", nameof(source));
        }

        _staging.Upload(destination.Pointer, source);
    }

    public void Download(Span<byte> destination, Tensor source)
    {
        if (destination.Length > source.ByteLength)
        {
            throw new ArgumentException($"{source.Shape} of {source.Type.Name()} has fewer than {destination.Length} bytes", nameof(destination));
        }

        _staging.Download(destination, source.Pointer);
    }

    /// <summary>Queues a copy within device memory of as many bytes as <paramref name="source"/> has.</summary>
    internal void Copy(Tensor destination, Tensor source)
    {
        if (destination.ByteLength != source.ByteLength)
        {
            throw new ArgumentException($"{source.ByteLength} bytes to copy to {destination.ByteLength}", nameof(destination));
        }

        _context.MakeCurrent();
        Driver.Check(DriverApi.cuMemcpyDtoDAsync_v2(destination.Pointer, source.Pointer, (nuint)source.ByteLength, _stream.Value));
    }

    public LinearWeight LoadLinear(IReadOnlyList<WeightMatrix> parts, float[]? bias, LinearOrder order = default) => _weights.Load(parts, bias, order);

    public Buffer LoadTable(Tensor table)
    {
        DeviceBuffer buffer = _memory.Allocate(table.ByteLength);
        long rowBytes = table.Shape[0] == 0 ? 0 : table.ByteLength / table.Shape[0];
        int slab = (int)Math.Clamp((64L << 20) / Math.Max(rowBytes, 1), 1, Math.Max(table.Shape[0], 1));
        for (long row = 0; row < table.Shape[0]; row += slab)
        {
            _staging.Upload(buffer.Pointer + (nint)(row * rowBytes), table.Rows(row, Math.Min(slab, table.Shape[0] - row)).AsBytes());
        }

        return buffer;
    }

    /// <summary>
    /// Records the operations that <paramref name="work"/> queues instead of running them. It must not wait, allocate or compile: run it once before, and keep its memory as long as
    /// the recording.
    /// </summary>
    public RecordedStep Record(Action work) => new(GraphHandle.Capture(_context, _stream, work));

    /// <summary>Queues recorded operations.</summary>
    public void Replay(RecordedStep step) => step.Graph.Launch(_stream);

    /// <summary>Waits for everything queued.</summary>
    public void Synchronize() => _launcher.Synchronize();

    public void Dispose()
    {
        _gathered.Dispose();
        _partials.Dispose();
        _lists.Dispose();
        _staging.Dispose();
        _kernels.Dispose();
        _stream.Dispose();
        _context.Dispose();
    }

    private static int Ceiling(long count, int divisor) => checked((int)((count + divisor - 1) / divisor));

    /// <summary>Elements that an elementwise kernel moves at once.</summary>
    private static int VectorOf(long width, params ReadOnlySpan<nint> pointers)
    {
        bool aligned = width % 8 == 0;
        foreach (nint pointer in pointers)
        {
            aligned &= pointer % 16 == 0;
        }

        return aligned ? 8 : 1;
    }

    private void ExpectActivations(Tensor tensor)
    {
        if (tensor.Type != ActivationType)
        {
            throw new ArgumentException($"a tensor of {tensor.Type.Name()} where {ActivationType.Name()} is expected", nameof(tensor));
        }
    }

    /// <summary>Uploads a short list into scratch memory that the next operation may overwrite.</summary>
    private nint Scratch<T>(ReadOnlySpan<T> values, nint at)
        where T : unmanaged
    {
        _staging.Upload(at, MemoryMarshal.AsBytes(values));
        return at;
    }
}
