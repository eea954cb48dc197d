using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Model;
using Numina.Cuda.Tests.References;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>Files are read before they are touched.</summary>
[TestFixture]
internal sealed class ReadAheadTests
{
    [Test]
    public async Task Pages_of_a_tensor_become_resident_without_being_touched()
    {
        // More than one call reads ahead on any disk, and neither end on a page.
        const int first = (3 << 20) + 20, bytes = 24 << 20;
        using var file = new MappedFile(32 << 20);
        await ReadAhead.Begin([file.Tensor(first, new Shape(bytes / sizeof(float)))]).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(file.WaitUntilResident(first, bytes), Is.EqualTo(1));
        Assert.That(file.Resident(0, 1 << 20), Is.Zero, "what was not asked for stays where it is");
    }

    [Test]
    public async Task Memory_that_is_no_file_is_left_alone()
    {
        using var buffer = new HostBuffer(1000);
        Tensor tensor = buffer.View(DType.F32, new Shape(3), byteOffset: 12);
        tensor.AsSpan<float>().Fill(7);
        await ReadAhead.Begin([tensor, new Tensor(0, new Shape(5), DType.F32)]);
        Assert.That(tensor.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 7, 7, 7 }));
    }

    [Test]
    public void While_a_layer_is_loaded_the_next_one_and_then_the_head_are_read()
    {
        ModelConfig config = TinyModel.Config with { HiddenSize = 512, IntermediateSize = 1024, HeadDim = 128, VocabularySize = 4096, TiedEmbeddings = false };
        using var file = new MappedFile(48 << 20);
        using var embedding = new HostBuffer(4L * config.VocabularySize * config.HiddenSize);
        int end = 0;
        LayerWeights[] layers = [Layer(), Layer()];
        LinearWeights head = Linear(config.VocabularySize, config.HiddenSize);
        Assert.That(end, Is.LessThanOrEqualTo(file.Bytes));
        var weights = new ModelWeights
        {
            Embedding = embedding.View(DType.F32, new Shape(config.VocabularySize, config.HiddenSize)),
            Layers = layers,
            FinalNorm = new float[config.HiddenSize],
            Head = head,
        };
        var backend = new WaitingBackend(file, new() { [layers[0].Down] = layers[1].Stored, [layers[1].Down] = head.Matrix.Stored });
        var progress = new List<string>();
        using var llama = new Llama(backend, config, weights, new LlamaLimits { Sequences = 1, TokensPerStep = 1, ContextLength = 1 }, (loaded, all) => progress.Add($"{loaded} of {all}"));
        Assert.That(backend.Found, Is.EqualTo(new double[] { 1, 1 }), "fraction of the next layer, and of the head, that is in memory");
        Assert.That(progress, Is.EqualTo(new[] { "1 of 2", "2 of 2" }));

        LayerWeights Layer()
        {
            int width = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;
            return new LayerWeights
            {
                InputNorm = new float[config.HiddenSize],
                Query = Linear(width, config.HiddenSize),
                Key = Linear(kvWidth, config.HiddenSize),
                Value = Linear(kvWidth, config.HiddenSize),
                Output = Linear(config.HiddenSize, width),
                PostAttentionNorm = new float[config.HiddenSize],
                Gate = Linear(config.IntermediateSize, config.HiddenSize),
                Up = Linear(config.IntermediateSize, config.HiddenSize),
                Down = Linear(config.HiddenSize, config.IntermediateSize),
            };
        }

        LinearWeights Linear(int rows, int columns)
        {
            Tensor tensor = file.Tensor(end, new Shape(rows, columns));
            end += (int)tensor.ByteLength;
            return new LinearWeights(new DenseMatrix(tensor), null);
        }
    }

    /// <summary>Loads nothing, so that nobody touches the file; at some matrices it waits for others to be in memory.</summary>
    private sealed class WaitingBackend(MappedFile file, Dictionary<LinearWeights, IEnumerable<Tensor>> awaited) : ReferenceBackend
    {
        public List<double> Found { get; } = [];

        public override LinearWeight LoadLinear(IReadOnlyList<WeightMatrix> parts, float[]? bias, LinearOrder order = default)
        {
            if (awaited.FirstOrDefault(pair => pair.Key.Matrix == parts[0]).Value is { } tensors)
            {
                nint start = file.Tensor(0, new Shape(1)).Pointer;
                Found.Add(tensors.Min(tensor => file.WaitUntilResident((int)(tensor.Pointer - start), (int)tensor.ByteLength)));
            }

            return new NoWeight(parts[0].Columns, parts.Sum(part => part.Rows));
        }
    }

    private sealed class NoWeight(int inFeatures, int outFeatures) : LinearWeight
    {
        public override int InFeatures => inFeatures;

        public override int OutFeatures => outFeatures;

        public override long ByteLength => 0;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
