namespace Numina.Cuda.Tensors;

/// <summary>
/// A dense row-major view: an address, a shape and an element type. It owns nothing; whoever holds the <see cref="Buffer"/> behind it
/// (or the mapped file) must outlive it. The address is in the memory of the device that the buffer belongs to.
/// </summary>
public readonly unsafe record struct Tensor(nint Pointer, Shape Shape, DType Type)
{
    /// <summary>Number of elements.</summary>
    public long Count => Shape.Count;

    /// <summary>Bytes from the first element to the end of the last.</summary>
    public long ByteLength => checked(Count * Type.ByteSize());

    /// <summary><paramref name="count"/> entries of the first axis from <paramref name="start"/> on.</summary>
    public Tensor Rows(long start, long count)
    {
        if (start < 0 || count < 0 || start + count > Shape[0])
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"rows {start}..{start + count} of a tensor of shape {Shape}");
        }

        long rowBytes = Shape[0] == 0 ? 0 : ByteLength / Shape[0];
        Shape part = Shape.Rank switch
        {
            1 => new Shape(count),
            2 => new Shape(count, Shape[1]),
            3 => new Shape(count, Shape[1], Shape[2]),
            _ => new Shape(count, Shape[1], Shape[2], Shape[3]),
        };
        return new Tensor(Pointer + (nint)(start * rowBytes), part, Type);
    }

    /// <summary>The same elements under another shape of equal count.</summary>
    public Tensor Reshape(Shape shape) => shape.Count == Count
        ? this with { Shape = shape }
        : throw new ArgumentException($"{Shape} holds {Count} elements, {shape} needs {shape.Count}", nameof(shape));

    /// <summary>The elements as a span. Host memory only; <typeparamref name="T"/> must have the element's size.</summary>
    public Span<T> AsSpan<T>() where T : unmanaged => sizeof(T) == Type.ByteSize()
        ? new Span<T>((void*)Pointer, checked((int)Count))
        : throw new ArgumentException($"{typeof(T).Name} is not as large as {Type.Name()}");

    /// <summary>The raw bytes as a span. Host memory only, below 2 GiB.</summary>
    public Span<byte> AsBytes() => new((void*)Pointer, checked((int)ByteLength));
}
