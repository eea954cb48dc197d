using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>The configs of goldens/llama against what their README and transformers say they mean.</summary>
[TestFixture]
internal sealed class ModelConfigGoldenTests
{
    private const string Root = "goldens/llama";

    /// <summary>hidden, intermediate, layers, heads, KV heads, head dimension, vocabulary, context: the README's table.</summary>
    [TestCase("mha", Architecture.Llama, 128, 352, 3, 4, 4, 32, 320, 256)]
    [TestCase("gqa-llama3", Architecture.Llama, 128, 256, 2, 8, 2, 16, 300, 512)]
    [TestCase("linear-rope", Architecture.Llama, 64, 160, 2, 4, 2, 16, 256, 256)]
    [TestCase("dynamic-ntk", Architecture.Llama, 64, 160, 2, 4, 2, 16, 256, 32)]
    [TestCase("yarn", Architecture.Llama, 64, 160, 2, 4, 2, 32, 256, 256)]
    [TestCase("headdim-bias", Architecture.Llama, 96, 224, 2, 4, 4, 40, 320, 256)]
    [TestCase("sharded", Architecture.Llama, 128, 352, 3, 4, 4, 32, 320, 256)]
    [TestCase("odd", Architecture.Llama, 136, 200, 2, 4, 1, 34, 511, 257)]
    [TestCase("old-style", Architecture.Llama, 64, 160, 2, 4, 4, 16, 256, 128)]
    [TestCase("mistral", Architecture.Mistral, 64, 160, 2, 8, 2, 16, 256, 512)]
    [TestCase("qwen2", Architecture.Qwen2, 96, 160, 2, 6, 2, 16, 256, 512)]
    public void Sizes(string folder, Architecture architecture, int hidden, int intermediate, int layers, int heads, int kvHeads, int headDim, int vocabulary, int positions)
    {
        ModelConfig config = Load(folder);
        Assert.That(config.Architecture, Is.EqualTo(architecture));
        Assert.That(config.HiddenSize, Is.EqualTo(hidden));
        Assert.That(config.IntermediateSize, Is.EqualTo(intermediate));
        Assert.That(config.Layers, Is.EqualTo(layers));
        Assert.That(config.Heads, Is.EqualTo(heads));
        Assert.That(config.KvHeads, Is.EqualTo(kvHeads));
        Assert.That(config.HeadDim, Is.EqualTo(headDim));
        Assert.That(config.VocabularySize, Is.EqualTo(vocabulary));
        Assert.That(config.MaxPositions, Is.EqualTo(positions));
        Assert.That(config.Quantization, Is.Null);
    }

    [TestCase("mha", 1e-6f)]
    [TestCase("gqa-llama3", 1e-5f)]
    [TestCase("odd", 3e-6f)]
    [TestCase("qwen2", 1e-5f)]
    public void Norm_epsilon(string folder, float epsilon) => Assert.That(Load(folder).NormEpsilon, Is.EqualTo(epsilon));

    [TestCase("mha", 300, new[] { 301 })]
    [TestCase("gqa-llama3", 290, new[] { 291, 298, 299 })]
    [TestCase("old-style", 1, new[] { 2 })]
    [TestCase("qwen2", 250, new[] { 251 })]
    public void Special_tokens(string folder, int bos, int[] eos)
    {
        ModelConfig config = Load(folder);
        Assert.That(config.BosToken, Is.EqualTo(bos));
        Assert.That(config.EosTokens, Is.EqualTo(eos));
    }

    [TestCase("mha", false, false, false, false)]
    [TestCase("gqa-llama3", true, false, false, false)]
    [TestCase("headdim-bias", false, true, true, true)]
    [TestCase("qwen2", true, true, false, false)]
    [TestCase("mistral", false, false, false, false)]
    public void Tying_and_biases(string folder, bool tied, bool qkv, bool output, bool mlp)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Reference.Path($"{Root}/{folder}"));
        ModelConfig config = checkpoint.Config;
        Assert.That((config.TiedEmbeddings, config.QkvBias, config.OutputBias, config.MlpBias), Is.EqualTo((tied, qkv, output, mlp)));
        LayerWeights layer = checkpoint.Weights.Layers[^1];
        Assert.That((layer.Query.Bias is not null, layer.Output.Bias is not null, layer.Up.Bias is not null), Is.EqualTo((qkv, output, mlp)));
        Assert.That(((DenseMatrix)checkpoint.Weights.Head.Matrix).Data == checkpoint.Weights.Embedding, Is.EqualTo(tied));
    }

    private static IEnumerable<TestCaseData> Ropes()
    {
        yield return Case("mha", new RopeScaling { Theta = 10_000 });
        yield return Case("gqa-llama3", new RopeScaling { Kind = RopeKind.Llama3, Theta = 500_000, Factor = 8, LowFrequencyFactor = 1, HighFrequencyFactor = 4, OriginalMaxPositions = 64 });
        yield return Case("linear-rope", new RopeScaling { Kind = RopeKind.Linear, Theta = 10_000, Factor = 4 });
        yield return Case("dynamic-ntk", new RopeScaling { Kind = RopeKind.Dynamic, Theta = 10_000, Factor = 2 });
        yield return Case("yarn", new RopeScaling { Kind = RopeKind.Yarn, Theta = 10_000, Factor = 4, OriginalMaxPositions = 64, BetaFast = 32, BetaSlow = 1, Truncate = true });
        yield return Case("headdim-bias", new RopeScaling { Theta = 10_000 });
        yield return Case("odd", new RopeScaling { Theta = 12_345 });
        yield return Case("old-style", new RopeScaling { Kind = RopeKind.Linear, Theta = 26_000, Factor = 2.5f });
        yield return Case("mistral", new RopeScaling { Theta = 1_000_000 });
        yield return Case("qwen2", new RopeScaling { Theta = 1_000_000 });

        static TestCaseData Case(string folder, RopeScaling rope) => new TestCaseData(folder, rope).SetArgDisplayNames(folder);
    }

    [TestCaseSource(nameof(Ropes))]
    public void Rope(string folder, RopeScaling expected) => Assert.That(Load(folder).Rope, Is.EqualTo(expected));

    [Test]
    public void File_resaved_by_the_older_transformers_has_both_rope_spellings()
    {
        ModelConfig config = ModelConfig.Load(Reference.Path("goldens/gptq/q8-g128-act-autogptq"));
        Assert.That(config.Rope, Is.EqualTo(new RopeScaling { Theta = 10_000 }));
        Assert.That(config.Quantization, Has.Property(nameof(QuantizationConfig.Bits)).EqualTo(8).And.Property(nameof(QuantizationConfig.GroupSize)).EqualTo(128));
    }

    private static ModelConfig Load(string folder) => ModelConfig.Load(Reference.Path($"{Root}/{folder}"));
}
