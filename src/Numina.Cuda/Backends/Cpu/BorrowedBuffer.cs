namespace Numina.Cuda.Backends.Cpu;

/// <summary>Host memory that somebody else owns, such as a mapped file.</summary>
internal sealed class BorrowedBuffer(nint pointer, long byteLength) : Buffer
{
    public override nint Pointer { get; } = pointer;

    public override long ByteLength { get; } = byteLength;

    protected override void Dispose(bool disposing)
    {
    }
}
