using System.Runtime.InteropServices;

namespace Numina.Cuda.Tensors;

/// <summary>Owns a block of device or host memory. Views of it die with it.</summary>
public abstract class Buffer : IDisposable
{
    /// <summary>First byte, in the owning device's address space.</summary>
    public abstract nint Pointer { get; }

    /// <summary>Size in bytes.</summary>
    public abstract long ByteLength { get; }

    /// <summary>A view that begins <paramref name="byteOffset"/> bytes into the block. Throws when it would not fit.</summary>
    public Tensor View(DType type, Shape shape, long byteOffset = 0)
    {
        var view = new Tensor(Pointer + (nint)byteOffset, shape, type);
        return byteOffset >= 0 && byteOffset + view.ByteLength <= ByteLength
            ? view
            : throw new ArgumentException($"{type.Name()} {shape} at byte {byteOffset} does not fit into {ByteLength} bytes");
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>
/// Zeroed host memory aligned to a cache line, so that every SIMD width may load aligned. Large blocks come from the system already zero and take up memory only
/// where they are touched: a key-value pool may be sized for the worst case.
/// </summary>
public sealed unsafe class HostBuffer : Buffer
{
    private const nuint Alignment = 64;

    /// <summary>Readable bytes behind the end: a full-width load that begins inside the block may run over it.</summary>
    private const nuint Slack = 64;

    private readonly nint _pointer;
    private void* _block;

    public HostBuffer(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        ByteLength = byteLength;
        nuint alignment = byteLength < 2 * LargePages.Size ? Alignment : LargePages.Size;
        _block = NativeMemory.AllocZeroed(checked((nuint)byteLength + alignment + Slack));
        _pointer = (nint)(((nuint)_block + alignment - 1) & ~(alignment - 1));
        if (alignment == LargePages.Size)
        {
            LargePages.Advise(_pointer, byteLength);
        }
    }

    ~HostBuffer() => Dispose(false);

    public override nint Pointer => _block != null ? _pointer : throw new ObjectDisposedException(nameof(HostBuffer));

    public override long ByteLength { get; }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.Free(_block);
        _block = null;
    }
}
