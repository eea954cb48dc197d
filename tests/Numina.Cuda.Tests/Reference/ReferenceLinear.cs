using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.References;

/// <summary>A linear layer with its weights written out as fp32, which holds every supported storage exactly.</summary>
internal sealed unsafe class ReferenceLinear : LinearWeight
{
    private readonly float[][] _rows;
    private readonly float[]? _bias;

    public ReferenceLinear(IReadOnlyList<WeightMatrix> parts, float[]? bias)
    {
        InFeatures = parts[0].Columns;
        _rows = [.. parts.SelectMany(part => Enumerable.Range(0, part.Rows).Select(n => WriteOut(part, n)))];
        _bias = bias;
    }

    public override int InFeatures { get; }

    public override int OutFeatures => _rows.Length;

    public override long ByteLength => (long)sizeof(float) * InFeatures * OutFeatures;

    public double Dot(int n, ReadOnlySpan<float> input)
    {
        double sum = _bias?[n] ?? 0;
        float[] row = _rows[n];
        for (int k = 0; k < row.Length; k++)
        {
            sum += (double)row[k] * input[k];
        }

        return sum;
    }

    public static double Element(Tensor tensor, long index) => tensor.Type switch
    {
        DType.F32 => ((float*)tensor.Pointer)[index],
        DType.F16 => (double)((Half*)tensor.Pointer)[index],
        DType.BF16 => BitConverter.Int32BitsToSingle(((ushort*)tensor.Pointer)[index] << 16),
        _ => throw new ArgumentException($"elements of type {tensor.Type.Name()}"),
    };

    protected override void Dispose(bool disposing)
    {
    }

    private static float[] WriteOut(WeightMatrix part, int n)
    {
        float[] row = new float[part.Columns];
        if (part is QuantizedMatrix quantized)
        {
            quantized.DequantizeRow(n, row);
            return row;
        }

        Tensor data = ((DenseMatrix)part).Data;
        for (int k = 0; k < row.Length; k++)
        {
            row[k] = (float)Element(data, (long)n * row.Length + k);
        }

        return row;
    }
}
