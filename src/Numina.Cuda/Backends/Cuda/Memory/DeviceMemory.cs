using System.Globalization;
using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda.Memory;

/// <summary>
/// Device memory in stream order: a block may be used by what is queued after its allocation, and is gone for what is queued after its release. Freed blocks stay
/// in the driver's pool for the next allocation.
/// </summary>
internal sealed class DeviceMemory
{
    private const int ReleaseThreshold = 4;
    private readonly ContextHandle _context;
    private readonly StreamHandle _stream;
    private readonly CudaDevice _device;
    private readonly bool _pooled;
    private readonly nint _pool;
    private long _held;
    private long _peak;

    internal unsafe DeviceMemory(ContextHandle context, StreamHandle stream, CudaDevice device)
    {
        (_context, _stream, _device) = (context, stream, device);
        _pooled = CudaDevice.Attribute(device.Ordinal, DeviceAttribute.MemoryPools) != 0;
        if (_pooled)
        {
            ulong keepAll = ulong.MaxValue;
            Driver.Check(DriverApi.cuDeviceGetDefaultMemPool(out _pool, device.Ordinal));
            Driver.Check(DriverApi.cuMemPoolSetAttribute(_pool, ReleaseThreshold, &keepAll));
        }
    }

    /// <summary>Bytes in blocks that are not freed.</summary>
    internal long Held => Interlocked.Read(ref _held);

    /// <summary>The largest that <see cref="Held"/> has been. Blocks are allocated by one thread at a time.</summary>
    internal long Peak => Interlocked.Read(ref _peak);

    /// <summary>Bytes that are free on the device. Waits for the queue and hands back what the pool keeps of freed blocks: else these would count as taken.</summary>
    internal long Free()
    {
        _context.MakeCurrent();
        if (_pooled)
        {
            _stream.Synchronize();
            Driver.Check(DriverApi.cuMemPoolTrimTo(_pool, 0));
        }

        Driver.Check(DriverApi.cuMemGetInfo_v2(out nuint free, out _));
        return (long)free;
    }

    /// <summary>A block of whatever content. Throws <see cref="DeviceOutOfMemoryException"/> with the arithmetic.</summary>
    internal DeviceBuffer Allocate(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        _context.MakeCurrent();
        nuint bytes = (nuint)Math.Max(byteLength, 1);
        int result = _pooled
            ? DriverApi.cuMemAllocAsync(out nint pointer, bytes, _stream.Value)
            : DriverApi.cuMemAlloc_v2(out pointer, bytes);
        if (result == DriverApi.OutOfMemory)
        {
            throw new DeviceOutOfMemoryException(
                $"CUDA device {_device.Ordinal} ({_device.Name}): asked for {Size(byteLength)}, free are {Size(Free())} of {Size(_device.TotalBytes)}; this process holds {Size(Held)}");
        }

        Driver.Check(result, _pooled ? nameof(DriverApi.cuMemAllocAsync) : nameof(DriverApi.cuMemAlloc_v2));
        _peak = Math.Max(_peak, Interlocked.Add(ref _held, byteLength));
        return new DeviceBuffer(new DeviceBlockHandle(this, pointer, byteLength), byteLength);
    }

    private static string Size(long bytes) => bytes < 1 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):N1} MiB ({bytes:N0} bytes)");

    private sealed class DeviceBlockHandle : ContextObjectHandle
    {
        private readonly DeviceMemory _owner;
        private readonly long _byteLength;

        internal DeviceBlockHandle(DeviceMemory owner, nint pointer, long byteLength)
            : base(owner._context)
        {
            bool added = false;
            owner._stream.DangerousAddRef(ref added);
            (_owner, _byteLength) = (owner, byteLength);
            SetHandle(pointer);
        }

        protected override int Release()
        {
            Interlocked.Add(ref _owner._held, -_byteLength);
            int result = _owner._pooled ? DriverApi.cuMemFreeAsync(handle, _owner._stream.DangerousGetHandle()) : DriverApi.cuMemFree_v2(handle);
            _owner._stream.DangerousRelease();
            return result;
        }
    }
}

/// <summary>A block of device memory.</summary>
internal sealed class DeviceBuffer(ContextObjectHandle block, long byteLength) : Buffer
{
    public override nint Pointer => block.Value;

    public override long ByteLength => byteLength;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            block.Dispose();
        }
    }
}

/// <summary>Scratch memory that grows to the largest size asked for. Its content lasts until the next call that needs it.</summary>
internal sealed class Workspace(DeviceMemory memory) : IDisposable
{
    private DeviceBuffer? _buffer;

    /// <summary>At least that many bytes.</summary>
    internal nint Reserve(long byteLength)
    {
        if (_buffer == null || _buffer.ByteLength < byteLength)
        {
            _buffer?.Dispose();
            _buffer = null;
            _buffer = memory.Allocate(byteLength);
        }

        return _buffer.Pointer;
    }

    public void Dispose() => _buffer?.Dispose();
}
