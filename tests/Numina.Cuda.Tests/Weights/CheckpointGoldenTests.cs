using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>Whole folders: that they open, that shards make up one model, and that their tensors are the ones asked for.</summary>
[TestFixture]
internal sealed class CheckpointGoldenTests
{
    private static IEnumerable<string> Folders() =>
        ((string[])["goldens/llama", "goldens/gptq", "demo"])
            .SelectMany(root => Reference.Find(root) is { } path ? Directory.GetDirectories(path).Select(folder => $"{root}/{Path.GetFileName(folder)}") : [])
            .Where(folder => File.Exists(Path.Combine(Reference.Find(folder)!, "config.json")))
            .DefaultIfEmpty("goldens/llama/mha");

    [TestCaseSource(nameof(Folders))]
    public void Opens(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Reference.Path(folder));
        ModelConfig config = checkpoint.Config;
        ModelWeights weights = checkpoint.Weights;
        Assert.That(weights.Layers, Has.Count.EqualTo(config.Layers));
        Assert.That(weights.Embedding.Shape, Is.EqualTo(new Shape(config.VocabularySize, config.HiddenSize)));
        Assert.That((weights.Head.Matrix.Rows, weights.Head.Matrix.Columns), Is.EqualTo((config.VocabularySize, config.HiddenSize)));
        Assert.That(weights.FinalNorm, Has.Length.EqualTo(config.HiddenSize).And.Some.Not.Zero);
        Assert.That(weights.Layers[^1].Down.Matrix.Columns, Is.EqualTo(config.IntermediateSize));
    }

    /// <summary>sharded holds mha's weights before they were rounded, in bf16 instead of fp16: the two differ by both roundings at most.</summary>
    [Test]
    public void Shards_hold_the_single_files_weights()
    {
        using Checkpoint single = Checkpoint.Open(Reference.Path("goldens/llama/mha"));
        using Checkpoint sharded = Checkpoint.Open(Reference.Path("goldens/llama/sharded"));
        IEnumerable<(Tensor Single, Tensor Sharded)> pairs = single.Weights.Layers.Zip(sharded.Weights.Layers)
            .SelectMany(layers => Linears(layers.First).Zip(Linears(layers.Second)))
            .Append((single.Weights.Embedding, sharded.Weights.Embedding));
        foreach ((Tensor first, Tensor second) in pairs)
        {
            Assert.That((first.Type, second.Type), Is.EqualTo((DType.F16, DType.BF16)));
            float[] exact = TensorValues.ToFloats(first);
            float[] coarse = TensorValues.ToFloats(second);
            Assert.That(coarse, Has.Length.EqualTo(exact.Length));
            Assert.That(Enumerable.Range(0, exact.Length).Max(i => Math.Abs(coarse[i] - exact[i]) - Math.Abs(exact[i]) / 220), Is.LessThan(1e-6f));
        }
    }

    /// <summary>The reference's first hidden state is the embedding table gathered: reading both files independently must agree to the bit.</summary>
    [TestCase("mha")]
    [TestCase("gqa-llama3")]
    [TestCase("linear-rope")]
    public void Embedding_rows_are_the_references(string folder)
    {
        string path = Reference.Path($"goldens/llama/{folder}");
        using Checkpoint checkpoint = Checkpoint.Open(path);
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(path, "expected.safetensors"));
        int[] ids = expected.Get("p1.input_ids", new Shape(33), DType.I32).AsSpan<int>().ToArray();
        Tensor rows = expected.Get("p1.embed", new Shape(33, checkpoint.Config.HiddenSize), DType.F32);
        for (int t = 0; t < ids.Length; t++)
        {
            float[] row = TensorValues.ToFloats(checkpoint.Weights.Embedding.Rows(ids[t], 1));
            Assert.That(row, Is.EqualTo(rows.Rows(t, 1).AsSpan<float>().ToArray()));
        }
    }

    [Test]
    public void Tensor_of_another_shape_or_type_is_refused_by_name()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Reference.Path("goldens/llama/mha/model.safetensors"));
        const string name = "model.norm.weight";
        Assert.That(() => file.Get(name, new Shape(128, 1), DType.F16), Throws.TypeOf<CheckpointException>().With.Message.Contains("model.norm.weight: expected F16 [128, 1], found F16 [128]"));
        Assert.That(() => file.Get(name, new Shape(128), DType.F32, DType.BF16), Throws.TypeOf<CheckpointException>().With.Message.Contains("expected F32 or BF16 [128], found F16 [128]"));
        Assert.That(() => file.Get("model.norms"), Throws.TypeOf<CheckpointException>().With.Message.Contains("model.norms"));
    }

    private static IEnumerable<Tensor> Linears(LayerWeights layer) =>
        new[] { layer.Query, layer.Key, layer.Value, layer.Output, layer.Gate, layer.Up, layer.Down }.Select(linear => ((DenseMatrix)linear.Matrix).Data);
}
