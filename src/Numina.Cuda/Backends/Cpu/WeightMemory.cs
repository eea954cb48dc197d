using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Packs blocks of all sizes into slabs that are large enough for large pages. A slab is freed with the last of its blocks.</summary>
internal sealed class WeightMemory : IDisposable
{
    private const int Alignment = 64;
    private const long SlabBytes = 64 << 20;
    private Slab _open = new(0);

    public Buffer Allocate(long byteLength)
    {
        if (byteLength > SlabBytes / 2)
        {
            return new HostBuffer(byteLength);
        }

        if (_open.Free < byteLength)
        {
            _open.Dispose();
            _open = new Slab(SlabBytes);
        }

        return new Block(_open, _open.Take(byteLength), byteLength);
    }

    /// <summary>Gives up the open slab; blocks that are still in use keep theirs.</summary>
    public void Dispose() => _open.Dispose();

    private sealed class Slab(long byteLength) : IDisposable
    {
        private readonly HostBuffer _memory = new(byteLength);
        private long _used;

        /// <summary>Blocks in use, and one while the slab is open.</summary>
        private int _users = 1;

        public long Free => _memory.ByteLength - _used;

        public nint Take(long bytes)
        {
            nint pointer = _memory.Pointer + (nint)_used;
            _used = Math.Min(_memory.ByteLength, (_used + bytes + Alignment - 1) / Alignment * Alignment);
            Interlocked.Increment(ref _users);
            return pointer;
        }

        /// <summary>Gives up one use; the last one frees the memory.</summary>
        public void Dispose()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                _memory.Dispose();
            }
        }
    }

    private sealed class Block(Slab slab, nint pointer, long byteLength) : Buffer
    {
        private bool _disposed;

        public override nint Pointer => !_disposed ? pointer : throw new ObjectDisposedException(nameof(Block));

        public override long ByteLength { get; } = byteLength;

        protected override void Dispose(bool disposing)
        {
            if (!_disposed)
            {
                _disposed = true;
                slab.Dispose();
            }
        }
    }
}
