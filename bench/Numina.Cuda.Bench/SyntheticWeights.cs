using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Bench;

/// <summary>Random checkpoint tensors in memory. The layers share one source, so that a 7B model is made in the memory of one layer.</summary>
internal sealed class SyntheticWeights : IDisposable
{
    private readonly List<HostBuffer> _buffers = [];
    private readonly Random _random = new(1);
    private readonly ModelShape _shape;

    public SyntheticWeights(ModelShape shape)
    {
        _shape = shape;
        var config = shape.Config;
        int hidden = config.HiddenSize, queries = config.Heads * config.HeadDim, keys = config.KvHeads * config.HeadDim;
        float[] norm = [.. Enumerable.Repeat(1f, hidden)];
        int[]? order = Order(hidden);
        var layer = new LayerWeights
        {
            InputNorm = norm,
            Query = Linear(queries, hidden, order),
            Key = Linear(keys, hidden, order),
            Value = Linear(keys, hidden, order),
            Output = Linear(hidden, queries, Order(queries)),
            PostAttentionNorm = norm,
            Gate = Linear(config.IntermediateSize, hidden, order),
            Up = Linear(config.IntermediateSize, hidden, order),
            Down = Linear(hidden, config.IntermediateSize, Order(config.IntermediateSize)),
        };
        Tensor embedding = Halves(new Shape(config.VocabularySize, hidden), 0.02f);
        Weights = new ModelWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Repeat(layer, config.Layers)],
            FinalNorm = norm,
            Head = shape.Storage.QuantizedHead ? Linear(config.VocabularySize, hidden, null) : new LinearWeights(new DenseMatrix(embedding), null),
        };
    }

    public ModelWeights Weights { get; }

    public QuantizedMatrix Int8(int rows, int columns, int[]? order)
    {
        int groups = columns / _shape.Storage.GroupSize;
        Tensor words = Allocate(DType.I32, new Shape(columns / 4, rows));
        _random.NextBytes(words.AsBytes());
        Tensor zeros = Allocate(DType.I32, new Shape(groups, rows / 4));
        zeros.AsBytes().Fill(127);
        return new QuantizedMatrix(rows, columns)
        {
            Bits = 8,
            Groups = groups,
            Words = words,
            Zeros = zeros,
            Scales = Halves(new Shape(groups, rows), 1e-3f),
            Packing = CodePacking.AlongColumns,
            ZeroOffset = 1,
            GroupIndex = order,
        };
    }

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

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private LinearWeights Linear(int rows, int columns, int[]? order) => new(Int8(rows, columns, order), null);

    private int[]? Order(int columns)
    {
        if (!_shape.Storage.ActOrder)
        {
            return null;
        }

        int[] order = [.. Enumerable.Range(0, columns).Select(k => k / _shape.Storage.GroupSize)];
        _random.Shuffle(order);
        return order;
    }

    private Tensor Allocate(DType type, Shape shape)
    {
        var buffer = new HostBuffer(shape.Count * type.ByteSize());
        _buffers.Add(buffer);
        return buffer.View(type, shape);
    }
}
