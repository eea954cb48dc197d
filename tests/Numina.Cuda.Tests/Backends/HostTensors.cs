using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Tests.Backends;

/// <summary>Seeded arrays, and their way to a backend and back.</summary>
internal sealed class HostTensors(IBackend backend) : IDisposable
{
    private readonly List<Buffer> _buffers = [];

    public IBackend Backend => backend;

    public static float[] Random(int seed, int count, float scale = 1)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            // A sum of uniforms: bell-shaped, and the same on every machine.
            values[i] = scale * (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        }

        return values;
    }

    public Tensor Put<T>(DType type, Shape shape, T[] values) where T : unmanaged
    {
        Buffer buffer = backend.Allocate(shape.Count * type.ByteSize());
        _buffers.Add(buffer);
        Tensor tensor = buffer.View(type, shape);
        backend.Upload(tensor, MemoryMarshal.AsBytes(values.AsSpan()));
        return tensor;
    }

    public Tensor Put(Shape shape, float[] values) => Put(DType.F32, shape, values);

    public Tensor Put(params int[] values) => Put(DType.I32, new Shape(values.Length), values);

    public Tensor Zeros(params long[] extents) => Put(new Shape(extents), new float[new Shape(extents).Count]);

    public float[] Get(Tensor tensor)
    {
        float[] values = new float[tensor.Count];
        backend.Download(MemoryMarshal.AsBytes(values.AsSpan()), tensor);
        return values;
    }

    public void Dispose()
    {
        foreach (Buffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }
}
