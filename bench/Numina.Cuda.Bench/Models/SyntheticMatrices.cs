using Numina.Cuda.Tensors;

namespace Numina.Cuda.Bench.Models;

/// <summary>Random weight matrices in checkpoint layout, in host memory that lives as long as this does.</summary>
internal sealed class SyntheticMatrices(int groupSize) : IDisposable
{
    private readonly List<HostBuffer> _buffers = [];
    private readonly Random _random = new(1);

    /// <summary>Codes [rows, columns] of 4 or 8 bits, symmetric, in groups along the columns.</summary>
    /// <param name="bits">4 or 8.</param>
    /// <param name="rows">Output features.</param>
    /// <param name="columns">Input features.</param>
    /// <param name="order">The group of each column, or null for groups of neighbours.</param>
    public QuantizedMatrix Quantized(int bits, int rows, int columns, int[]? order = null)
    {
        int groups = columns / groupSize, perWord = 32 / bits;
        Tensor words = Allocate(DType.I32, new Shape(columns / perWord, rows));
        _random.NextBytes(words.AsBytes());
        Tensor zeros = Allocate(DType.I32, new Shape(groups, rows / perWord));
        zeros.AsBytes().Fill((byte)(bits == 8 ? 127 : 0x77));
        return new QuantizedMatrix(rows, columns)
        {
            Bits = bits,
            Groups = groups,
            Words = words,
            Zeros = zeros,
            Scales = Halves(new Shape(groups, rows), bits == 8 ? 1e-3f : 1.6e-2f),
            Packing = CodePacking.AlongColumns,
            ZeroOffset = 1,
            GroupIndex = order,
        };
    }

    /// <summary>F16 between <paramref name="scale"/> / 2 and 3 <paramref name="scale"/> / 2.</summary>
    public Tensor Halves(Shape shape, float scale)
    {
        Tensor tensor = Allocate(DType.F16, shape);
        Half[] palette = [.. Enumerable.Range(0, 4096).Select(_ => (Half)(scale * (float)(0.5 + _random.NextDouble())))];
        Span<Half> values = tensor.AsSpan<Half>();
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = palette[(i * 61) & 4095];
        }

        return tensor;
    }

    /// <summary>Every column's group, in random order.</summary>
    public int[] Order(int columns)
    {
        int[] order = [.. Enumerable.Range(0, columns).Select(k => k / groupSize)];
        _random.Shuffle(order);
        return order;
    }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private Tensor Allocate(DType type, Shape shape)
    {
        var buffer = new HostBuffer(shape.Count * type.ByteSize());
        _buffers.Add(buffer);
        return buffer.View(type, shape);
    }
}
