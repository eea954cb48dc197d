using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Bench.Models;

/// <summary>Random checkpoint tensors in memory. The layers share one source, so that a 7B model is made in the memory of one layer.</summary>
internal sealed class SyntheticWeights : IDisposable
{
    private readonly SyntheticMatrices _matrices;
    private readonly ModelShape _shape;

    public SyntheticWeights(ModelShape shape)
    {
        _shape = shape;
        _matrices = new SyntheticMatrices(shape.Storage.GroupSize);
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
        Tensor embedding = _matrices.Halves(new Shape(config.VocabularySize, hidden), 0.02f);
        Weights = new ModelWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Repeat(layer, config.Layers)],
            FinalNorm = norm,
            Head = shape.Storage.QuantizedHead ? Linear(config.VocabularySize, hidden, null) : new LinearWeights(new DenseMatrix(embedding), null),
        };
    }

    public ModelWeights Weights { get; }

    public void Dispose() => _matrices.Dispose();

    private LinearWeights Linear(int rows, int columns, int[]? order) => new(_matrices.Quantized(8, rows, columns, order), null);

    private int[]? Order(int columns) => _shape.Storage.ActOrder ? _matrices.Order(columns) : null;
}
