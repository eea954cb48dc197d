using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>
/// What a case needs to run on any backend: seeded inputs rounded to <paramref name="precision"/> (so that the reference starts from the same numbers), brought to the
/// backend in its own activation type, and results as floats.
/// </summary>
internal sealed class OpRun(IBackend backend, DType precision) : IDisposable
{
    private readonly List<Buffer> _buffers = [];
    private readonly List<HostBuffer> _host = [];

    public IBackend Backend => backend;

    /// <summary>Activations [rows, width]: bell-shaped, seeded.</summary>
    public Tensor Random(int seed, int rows, int width, float scale = 1) => Activations(new Shape(rows, width), Numbers(seed, rows * width, scale));

    public Tensor Activations(Shape shape, float[] values) => Upload(shape, Rounded(values), backend.ActivationType);

    public Tensor Output(int rows, int width) => Allocate(new Shape(rows, width), backend.ActivationType);

    public Tensor Logits(int rows, int width) => Allocate(new Shape(rows, width), DType.F32);

    public Tensor Floats(Shape shape, float[] values) => Upload(shape, values, DType.F32);

    public Tensor Integers(params int[] values) => Integers(new Shape(values.Length), values);

    public Tensor Integers(Shape shape, int[] values)
    {
        Tensor tensor = Allocate(shape, DType.I32);
        backend.Upload(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return tensor;
    }

    /// <summary>A host tensor, as a mapped checkpoint would give it.</summary>
    public Tensor Host(Shape shape, DType type, float[] values)
    {
        var buffer = new HostBuffer(shape.Count * type.ByteSize());
        _host.Add(buffer);
        Tensor tensor = buffer.View(type, shape);
        Convert(values, type).CopyTo(tensor.AsBytes());
        return tensor;
    }

    public Tensor HostInteger(Shape shape, Random random)
    {
        var buffer = new HostBuffer(shape.Count * sizeof(int));
        _host.Add(buffer);
        Tensor tensor = buffer.View(DType.I32, shape);
        random.NextBytes(tensor.AsBytes());
        return tensor;
    }

    public Buffer Keep(Buffer buffer)
    {
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>The elements of a device tensor of F32, F16 or BF16.</summary>
    public float[] Read(Tensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        backend.Download(bytes, tensor);
        return tensor.Type switch
        {
            DType.F32 => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
            DType.F16 => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(value => (float)value)],
            _ => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(value => BitConverter.Int32BitsToSingle(value << 16))],
        };
    }

    public static float[] Numbers(int seed, int count, float scale = 1)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = scale * (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        }

        return values;
    }

    public void Dispose()
    {
        foreach (Buffer buffer in _buffers)
        {
            buffer.Dispose();
        }

        foreach (HostBuffer buffer in _host)
        {
            buffer.Dispose();
        }
    }

    private float[] Rounded(float[] values) => precision switch
    {
        DType.F16 => [.. values.Select(value => (float)(Half)value)],
        DType.BF16 => [.. values.Select(value => BitConverter.Int32BitsToSingle(BFloat16(value) << 16))],
        _ => values,
    };

    private static byte[] Convert(float[] values, DType type) => type switch
    {
        DType.F32 => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
        DType.F16 => MemoryMarshal.AsBytes<Half>(values.Select(value => (Half)value).ToArray()).ToArray(),
        _ => MemoryMarshal.AsBytes<ushort>(values.Select(BFloat16).ToArray()).ToArray(),
    };

    private static ushort BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }

    private Tensor Upload(Shape shape, float[] values, DType type)
    {
        Tensor tensor = Allocate(shape, type);
        backend.Upload(tensor, Convert(values, type));
        return tensor;
    }

    private Tensor Allocate(Shape shape, DType type) => Keep(backend.Allocate(shape.Count * type.ByteSize())).View(type, shape);
}
