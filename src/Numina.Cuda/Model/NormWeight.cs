using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Model;

/// <summary>A norm's weight [H] in fp32 on the device.</summary>
internal sealed class NormWeight : IDisposable
{
    private readonly Buffer _buffer;

    public NormWeight(IBackend backend, ReadOnlySpan<float> weight)
    {
        _buffer = backend.Allocate(weight.Length * sizeof(float));
        Tensor = _buffer.View(DType.F32, new Shape(weight.Length));
        backend.Upload(Tensor, MemoryMarshal.AsBytes(weight));
    }

    public Tensor Tensor { get; }

    public void Dispose() => _buffer.Dispose();
}
