using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Backends;

/// <summary>Random weight matrices in checkpoint layout, held in host memory.</summary>
internal sealed class TestWeights : IDisposable
{
    private readonly List<HostBuffer> _buffers = [];

    public DenseMatrix Dense(int seed, int rows, int columns, DType type)
    {
        Tensor data = Allocate(type, new Shape(rows, columns));
        FillFloats(data, HostTensors.Random(seed, rows * columns, 0.1f));
        return new DenseMatrix(data);
    }

    public QuantizedMatrix Quantized(
        int seed, int rows, int columns, int bits, int groups, DType scaleType = DType.F16, bool symmetric = false, bool actOrder = false,
        CodePacking packing = CodePacking.AlongColumns)
    {
        var random = new Random(seed);
        bool awq = packing == CodePacking.AlongRowsInterleaved;
        int perWord = 32 / bits;
        Tensor words = Allocate(DType.I32, awq ? new Shape(columns, rows / 8) : new Shape((columns + perWord - 1) / perWord, rows));
        random.NextBytes(words.AsBytes());
        Tensor zeros = Allocate(DType.I32, awq ? new Shape(groups, rows / 8) : new Shape(groups, (rows + perWord - 1) / perWord));
        if (symmetric)
        {
            zeros.AsBytes().Fill((byte)(bits == 8 ? 127 : 0x77));
        }
        else
        {
            random.NextBytes(zeros.AsBytes());
        }

        Tensor scales = Allocate(scaleType, new Shape(groups, rows));
        FillFloats(scales, HostTensors.Random(seed + 1, groups * rows, bits == 8 ? 0.002f : 0.03f));
        int[]? index = null;
        if (actOrder)
        {
            index = [.. Enumerable.Range(0, columns).Select(k => k / (columns / groups))];
            random.Shuffle(index);
        }

        return new QuantizedMatrix(rows, columns)
        {
            Bits = bits, Groups = groups, Words = words, Zeros = zeros, Scales = scales, Packing = packing, ZeroOffset = awq ? 0 : 1, GroupIndex = index,
        };
    }

    /// <summary>Row <paramref name="n"/> in double precision, element by element from the definition of the stored format.</summary>
    public static double[] Row(WeightMatrix matrix, int n)
    {
        double[] row = new double[matrix.Columns];
        for (int k = 0; k < row.Length; k++)
        {
            row[k] = matrix switch
            {
                DenseMatrix dense => Element(dense.Data, (long)n * matrix.Columns + k),
                QuantizedMatrix q => (double)q.Scale(q.Group(k), n) * (q.Code(n, k) - q.Zero(q.Group(k), n)),
                _ => throw new NotSupportedException(),
            };
        }

        return row;
    }

    public void Dispose()
    {
        foreach (HostBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private static double Element(Tensor data, long at) => data.Type switch
    {
        DType.F32 => data.AsSpan<float>()[(int)at],
        DType.F16 => (double)data.AsSpan<Half>()[(int)at],
        _ => BitConverter.Int32BitsToSingle(data.AsSpan<ushort>()[(int)at] << 16),
    };

    private static void FillFloats(Tensor tensor, float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            switch (tensor.Type)
            {
                case DType.F32: tensor.AsSpan<float>()[i] = values[i]; break;
                case DType.F16: tensor.AsSpan<Half>()[i] = (Half)values[i]; break;
                default: tensor.AsSpan<ushort>()[i] = (ushort)(BitConverter.SingleToInt32Bits(values[i]) >> 16); break;
            }
        }
    }

    private Tensor Allocate(DType type, Shape shape)
    {
        var buffer = new HostBuffer(shape.Count * type.ByteSize());
        _buffers.Add(buffer);
        return buffer.View(type, shape);
    }
}
