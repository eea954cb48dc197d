using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>A header entry of a safetensors file.</summary>
/// <param name="Name">The tensor's key.</param>
/// <param name="Type">Element type.</param>
/// <param name="Extents">Extents of any rank, outermost first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorInfo(string Name, DType Type, IReadOnlyList<long> Extents, long Begin, long End)
{
    public long ByteLength => End - Begin;

    /// <summary>Type and extents as error texts print them: <c>F16 [4, 128]</c>.</summary>
    public override string ToString() => $"{Type.Name()} [{string.Join(", ", Extents)}]";
}
