using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Native;

/// <summary>The primary context of a device: one a process, retained until the last handle that needs it is gone.</summary>
internal sealed class ContextHandle : SafeHandle
{
    private readonly int _device;

    internal ContextHandle(int device)
        : base(0, true)
    {
        Driver.Check(DriverApi.cuDevicePrimaryCtxRetain(out nint context, device));
        _device = device;
        SetHandle(context);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes the context the calling thread's. Cheap, and needed before every call since callers may come on any thread.</summary>
    internal void MakeCurrent() => Driver.Check(DriverApi.cuCtxSetCurrent(handle));

    protected override bool ReleaseHandle() => DriverApi.cuDevicePrimaryCtxRelease_v2(_device) == DriverApi.Success;
}

/// <summary>Something that lives in a context and keeps it alive.</summary>
internal abstract class ContextObjectHandle : SafeHandle
{
    private readonly ContextHandle _context;

    protected ContextObjectHandle(ContextHandle context)
        : base(0, true)
    {
        bool added = false;
        context.DangerousAddRef(ref added);
        _context = context;
        context.MakeCurrent();
    }

    public override bool IsInvalid => handle == 0;

    internal nint Value => IsClosed ? throw new ObjectDisposedException(GetType().Name) : handle;

    protected sealed override bool ReleaseHandle()
    {
        int result = DriverApi.cuCtxSetCurrent(_context.DangerousGetHandle());
        if (result == DriverApi.Success)
        {
            result = Release();
        }

        _context.DangerousRelease();
        return result == DriverApi.Success;
    }

    protected abstract int Release();
}

/// <summary>A queue of work that runs in order, apart from the default stream.</summary>
internal sealed class StreamHandle : ContextObjectHandle
{
    private const uint NonBlocking = 1;

    internal StreamHandle(ContextHandle context)
        : base(context)
    {
        Driver.Check(DriverApi.cuStreamCreate(out nint stream, NonBlocking));
        SetHandle(stream);
    }

    internal void Synchronize() => Driver.Check(DriverApi.cuStreamSynchronize(Value));

    protected override int Release() => DriverApi.cuStreamDestroy_v2(handle);
}

/// <summary>A point in a stream that the host can wait for and measure from.</summary>
internal sealed class EventHandle : ContextObjectHandle
{
    internal EventHandle(ContextHandle context)
        : base(context)
    {
        Driver.Check(DriverApi.cuEventCreate(out nint created, 0));
        SetHandle(created);
    }

    internal void Record(StreamHandle stream) => Driver.Check(DriverApi.cuEventRecord(Value, stream.Value));

    internal void Synchronize() => Driver.Check(DriverApi.cuEventSynchronize(Value));

    /// <summary>Milliseconds on the device from an earlier event.</summary>
    internal float MillisecondsSince(EventHandle start)
    {
        Driver.Check(DriverApi.cuEventElapsedTime(out float milliseconds, start.Value, Value));
        return milliseconds;
    }

    protected override int Release() => DriverApi.cuEventDestroy_v2(handle);
}

/// <summary>A loaded cubin.</summary>
internal sealed unsafe class CubinHandle : ContextObjectHandle
{
    internal CubinHandle(ContextHandle context, ReadOnlySpan<byte> image)
        : base(context)
    {
        fixed (byte* start = image)
        {
            Driver.Check(DriverApi.cuModuleLoadData(out nint module, start));
            SetHandle(module);
        }
    }

    /// <summary>A function of the module; lives as long as it.</summary>
    internal nint Function(string name)
    {
        Driver.Check(DriverApi.cuModuleGetFunction(out nint function, Value, name));
        return function;
    }

    protected override int Release() => DriverApi.cuModuleUnload(handle);
}

/// <summary>Page-locked host memory, which copies run from at full speed and in the background.</summary>
internal sealed class PinnedMemoryHandle : ContextObjectHandle
{
    internal PinnedMemoryHandle(ContextHandle context, int byteLength)
        : base(context)
    {
        Driver.Check(DriverApi.cuMemHostAlloc(out nint pointer, (nuint)byteLength, 0));
        ByteLength = byteLength;
        SetHandle(pointer);
    }

    internal int ByteLength { get; }

    internal unsafe Span<byte> Bytes => new((void*)Value, ByteLength);

    protected override int Release() => DriverApi.cuMemFreeHost(handle);
}

/// <summary>Recorded work of a stream, ready to be launched as one.</summary>
internal sealed class GraphHandle : ContextObjectHandle
{
    private const int ThreadLocal = 1;

    private GraphHandle(ContextHandle context, nint graph)
        : base(context)
    {
        Driver.Check(DriverApi.cuGraphInstantiateWithFlags(out nint executable, graph, 0));
        SetHandle(executable);
    }

    /// <summary>Records what <paramref name="work"/> queues on the stream instead of running it.</summary>
    internal static GraphHandle Capture(ContextHandle context, StreamHandle stream, Action work)
    {
        Driver.Check(DriverApi.cuStreamBeginCapture_v2(stream.Value, ThreadLocal));
        nint graph = 0;
        try
        {
            work();
        }
        finally
        {
            int result = DriverApi.cuStreamEndCapture(stream.Value, out graph);
            if (graph == 0)
            {
                Driver.Check(result, nameof(DriverApi.cuStreamEndCapture));
            }
        }

        try
        {
            return new GraphHandle(context, graph);
        }
        finally
        {
            Driver.Check(DriverApi.cuGraphDestroy(graph));
        }
    }

    internal void Launch(StreamHandle stream) => Driver.Check(DriverApi.cuGraphLaunch(Value, stream.Value));

    protected override int Release() => DriverApi.cuGraphExecDestroy(handle);
}
