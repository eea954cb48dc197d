using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Bench.Operations;

/// <summary>Tensors on one backend, of its own activation type. Owns their memory.</summary>
internal sealed class BenchTensors(IBackend backend) : IDisposable
{
    // A prime, so that no row begins where another one does.
    private const int PaletteLength = 65_537;
    private static readonly float[] s_palette = Palette();
    private readonly List<Buffer> _buffers = [];

    public IBackend Backend => backend;

    /// <summary>Bell-shaped numbers that F16 holds exactly, a function of the seed and the index.</summary>
    public static float[] Numbers(int seed, long count, float scale = 1)
    {
        float[] values = new float[count];
        // A power of two keeps them exact.
        for (long i = 0, at = seed * 7919L; i < count; i++, at += 61)
        {
            values[i] = scale * s_palette[at % PaletteLength];
        }

        return values;
    }

    /// <summary>[rows, width] of the activation type.</summary>
    public Tensor Activations(float[] values, long width)
    {
        Tensor tensor = Output(values.Length / width, width);
        if (tensor.Type == DType.F32)
        {
            backend.Upload(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        }
        else
        {
            backend.Upload(tensor, MemoryMarshal.AsBytes(Array.ConvertAll(values, value => (Half)value).AsSpan()));
        }

        return tensor;
    }

    public Tensor Output(long rows, long width) => Allocate(new Shape(rows, width), backend.ActivationType);

    /// <summary>[rows, width] F32.</summary>
    public Tensor Floats(long rows, long width) => Allocate(new Shape(rows, width), DType.F32);

    public Tensor Floats(float[] values, Shape shape)
    {
        Tensor tensor = Allocate(shape, DType.F32);
        backend.Upload(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return tensor;
    }

    public Tensor Integers(int[] values) => Integers(values, new Shape(values.Length));

    public Tensor Integers(int[] values, Shape shape)
    {
        Tensor tensor = Allocate(shape, DType.I32);
        backend.Upload(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return tensor;
    }

    /// <summary>The same elements as a host tensor has.</summary>
    public Tensor Copy(Tensor host)
    {
        Tensor tensor = Allocate(host.Shape, host.Type);
        backend.Upload(tensor, host.AsBytes());
        return tensor;
    }

    /// <summary>The elements of some rows, one row after the other.</summary>
    public float[] Read(Tensor tensor, IEnumerable<int> rows) => [.. rows.SelectMany(row => Read(tensor.Rows(row, 1)))];

    public float[] Read(Tensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        backend.Download(bytes, tensor);
        return tensor.Type == DType.F32
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), value => (float)value);
    }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private static float[] Palette()
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, PaletteLength).Select(_ => (float)(Half)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
    }

    private Tensor Allocate(Shape shape, DType type)
    {
        Buffer buffer = backend.Allocate(shape.Count * type.ByteSize());
        _buffers.Add(buffer);
        return buffer.View(type, shape);
    }
}
