using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda.Memory;

/// <summary>
/// Copies between host and device by way of two halves of pinned memory: while the device copies from one, the host fills the other (so pages of a mapped checkpoint are
/// read from disk while earlier ones travel). Small uploads share a half.
/// </summary>
internal sealed class Staging : IDisposable
{
    private const int HalfBytes = 8 << 20;
    private const int Alignment = 256;
    private readonly ContextHandle _context;
    private readonly StreamHandle _stream;
    private readonly Launcher _launcher;
    private readonly Half[] _halves;
    private int _current;

    internal Staging(ContextHandle context, StreamHandle stream, Launcher launcher)
    {
        (_context, _stream, _launcher) = (context, stream, launcher);
        _halves = [new Half(context), new Half(context)];
    }

    /// <summary>Queues a copy to the device. The source may change when the call returns.</summary>
    internal unsafe void Upload(nint destination, ReadOnlySpan<byte> source)
    {
        _context.MakeCurrent();
        while (!source.IsEmpty)
        {
            Half half = Room();
            int count = Math.Min(source.Length, HalfBytes - half.Used);
            source[..count].CopyTo(half.Memory.Bytes[half.Used..]);
            Driver.Check(DriverApi.cuMemcpyHtoDAsync_v2(destination, half.Memory.Value + half.Used, (nuint)count, _stream.Value));
            half.Used += (count + Alignment - 1) / Alignment * Alignment;
            destination += count;
            source = source[count..];
        }
    }

    /// <summary>Waits for the queue, then copies to the host.</summary>
    internal unsafe void Download(Span<byte> destination, nint source)
    {
        _launcher.Synchronize();
        foreach (Half half in _halves)
        {
            half.Used = 0;
        }

        PinnedMemoryHandle memory = _halves[0].Memory;
        while (!destination.IsEmpty)
        {
            int count = Math.Min(destination.Length, HalfBytes);
            Driver.Check(DriverApi.cuMemcpyDtoHAsync_v2(memory.Value, source, (nuint)count, _stream.Value));
            _launcher.Synchronize();
            memory.Bytes[..count].CopyTo(destination);
            destination = destination[count..];
            source += count;
        }
    }

    public void Dispose()
    {
        foreach (Half half in _halves)
        {
            half.Memory.Dispose();
            half.Sent.Dispose();
        }
    }

    /// <summary>A half with room in it: the current one, or the other once the device has read it.</summary>
    private Half Room()
    {
        Half half = _halves[_current];
        if (half.Used < HalfBytes)
        {
            return half;
        }

        half.Sent.Record(_stream);
        _current = 1 - _current;
        half = _halves[_current];
        if (half.Used > 0)
        {
            half.Sent.Synchronize();
            half.Used = 0;
        }

        return half;
    }

    private sealed class Half(ContextHandle context)
    {
        internal PinnedMemoryHandle Memory { get; } = new(context, HalfBytes);

        internal EventHandle Sent { get; } = new(context);

        internal int Used { get; set; }
    }
}
