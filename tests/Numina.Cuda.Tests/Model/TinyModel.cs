using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Model;

/// <summary>A model small enough to run hundreds of steps a second on the reference, with random weights made in memory.</summary>
internal sealed class TinyModel : IDisposable
{
    private readonly List<HostBuffer> _buffers = [];
    private readonly Random _random = new(7);

    public TinyModel(ModelConfig config)
    {
        int attentionWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;
        Tensor embedding = Random(config.VocabularySize, config.HiddenSize);
        Weights = new ModelWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, config.Layers).Select(_ => new LayerWeights
            {
                InputNorm = Ones(config.HiddenSize),
                Query = Linear(attentionWidth, config.HiddenSize),
                Key = Linear(kvWidth, config.HiddenSize),
                Value = Linear(kvWidth, config.HiddenSize),
                Output = Linear(config.HiddenSize, attentionWidth),
                PostAttentionNorm = Ones(config.HiddenSize),
                Gate = Linear(config.IntermediateSize, config.HiddenSize),
                Up = Linear(config.IntermediateSize, config.HiddenSize),
                Down = Linear(config.HiddenSize, config.IntermediateSize),
            })],
            FinalNorm = Ones(config.HiddenSize),
            Head = new LinearWeights(new DenseMatrix(embedding), null),
        };
    }

    public static ModelConfig Config => new()
    {
        Architecture = Architecture.Llama,
        VocabularySize = 96,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KvHeads = 2,
        HeadDim = 8,
        NormEpsilon = 1e-5f,
        MaxPositions = 256,
        Rope = new RopeScaling { Theta = 10000 },
        TiedEmbeddings = true,
        QkvBias = false,
        OutputBias = false,
        MlpBias = false,
        EosTokens = [2],
    };

    public ModelWeights Weights { get; }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private LinearWeights Linear(int rows, int columns) => new(new DenseMatrix(Random(rows, columns)), null);

    private Tensor Random(int rows, int columns)
    {
        var buffer = new HostBuffer((long)rows * columns * sizeof(float));
        _buffers.Add(buffer);
        Tensor tensor = buffer.View(DType.F32, new Shape(rows, columns));
        foreach (ref float x in tensor.AsSpan<float>())
        {
            x = (float)(2 * _random.NextDouble() - 1) / MathF.Sqrt(columns) * 3;
        }

        return tensor;
    }

    private static float[] Ones(int count) => [.. Enumerable.Repeat(1f, count)];
}
