using Numina.Cuda.Backends.Cuda.Native;

namespace Numina.Cuda.Backends.Cuda;

/// <summary>Queued work recorded as a CUDA graph: the same operations on the same memory, launched as one. Made by <see cref="CudaBackend.Record"/>.</summary>
public sealed class RecordedStep : IDisposable
{
    internal RecordedStep(GraphHandle graph) => Graph = graph;

    internal GraphHandle Graph { get; }

    public void Dispose() => Graph.Dispose();
}
