using System.Text;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>The two spellings of the rotary embedding's parameters, and both at once.</summary>
[TestFixture]
internal sealed class RopeScalingTests
{
    private const int Positions = 1024;

    private static IEnumerable<TestCaseData> Accepted()
    {
        yield return Case("", new RopeScaling { Theta = 10_000 });
        yield return Case("\"rope_theta\":500000", new RopeScaling { Theta = 500_000 });
        yield return Case("\"rope_scaling\":{},\"rope_theta\":2e4", new RopeScaling { Theta = 20_000 });
        yield return Case("\"rope_scaling\":{\"type\":\"default\"}", new RopeScaling { Theta = 10_000 });
        yield return Case("\"rope_scaling\":{\"type\":\"dynamic\",\"factor\":2}", new RopeScaling { Kind = RopeKind.Dynamic, Theta = 10_000, Factor = 2 });
        yield return Case("\"rope_scaling\":{\"type\":\"linear\",\"rope_type\":\"linear\",\"factor\":4.0}", new RopeScaling { Kind = RopeKind.Linear, Theta = 10_000, Factor = 4 });
        yield return Case("\"rope_parameters\":{\"rope_theta\":3e4}", new RopeScaling { Theta = 30_000 });
        yield return Case("\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":2,\"rope_theta\":3e4},\"rope_theta\":30000,\"rope_scaling\":null", new RopeScaling { Kind = RopeKind.Linear, Theta = 30_000, Factor = 2 });
        yield return Case("\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":2},\"rope_theta\":30000,\"rope_scaling\":{\"type\":\"linear\",\"factor\":2}", new RopeScaling { Kind = RopeKind.Linear, Theta = 30_000, Factor = 2 });
        yield return Case("\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4}", new RopeScaling { Kind = RopeKind.Llama3, Theta = 10_000, Factor = 8, OriginalMaxPositions = Positions });
        yield return Case("\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":2}", new RopeScaling { Kind = RopeKind.Yarn, Theta = 10_000, Factor = 2, OriginalMaxPositions = Positions });
        yield return Case("\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":null,\"original_max_position_embeddings\":256}", new RopeScaling { Kind = RopeKind.Yarn, Theta = 10_000, Factor = 4, OriginalMaxPositions = 256 });
        yield return Case("\"original_max_position_embeddings\":128,\"rope_parameters\":{\"rope_type\":\"yarn\",\"factor\":2,\"rope_theta\":1e6,\"beta_fast\":16,\"beta_slow\":2,\"attention_factor\":1.25,\"mscale\":0.707,\"mscale_all_dim\":1,\"truncate\":false}",
            new RopeScaling { Kind = RopeKind.Yarn, Theta = 1e6f, Factor = 2, OriginalMaxPositions = 128, BetaFast = 16, BetaSlow = 2, AttentionFactor = 1.25f, MScale = 0.707f, MScaleAllDim = 1, Truncate = false });

        static TestCaseData Case(string keys, RopeScaling rope) => new TestCaseData(keys, rope).SetArgDisplayNames(keys);
    }

    [TestCaseSource(nameof(Accepted))]
    public void Spellings(string keys, RopeScaling expected) => Assert.That(Read(keys), Is.EqualTo(expected));

    [TestCase("\"rope_scaling\":{\"type\":\"longrope\",\"factor\":2}", "rope_scaling.type", "longrope")]
    [TestCase("\"rope_parameters\":{\"rope_type\":\"su\"}", "rope_parameters.rope_type", "su")]
    [TestCase("\"rope_scaling\":{\"type\":\"mrope\",\"rope_type\":\"default\"}", "rope_scaling.type", "mrope")]
    [TestCase("\"rope_scaling\":{\"factor\":2}", "rope_scaling.rope_type", "no such key")]
    [TestCase("\"rope_scaling\":{\"type\":\"linear\"}", "rope_scaling.factor", "no such key")]
    [TestCase("\"rope_scaling\":{\"type\":\"linear\",\"factor\":0.5}", "rope_scaling.factor", "at least 1")]
    [TestCase("\"rope_scaling\":{\"type\":\"linear\",\"factor\":\"2\"}", "rope_scaling.factor", "number")]
    [TestCase("\"rope_scaling\":{\"type\":\"yarn\",\"factor\":2,\"beta_fast\":1,\"beta_slow\":2}", "rope_scaling.beta_fast", "beta_slow")]
    [TestCase("\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"high_freq_factor\":4}", "rope_scaling.low_freq_factor", "no such key")]
    [TestCase("\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":4,\"high_freq_factor\":4}", "rope_scaling.high_freq_factor", "above 4")]
    [TestCase("\"rope_scaling\":\"linear\"", "rope_scaling", "an object")]
    [TestCase("\"rope_theta\":10000,\"rope_parameters\":{\"rope_type\":\"default\",\"rope_theta\":500000}", "rope_theta", "500000")]
    [TestCase("\"rope_scaling\":{\"type\":\"linear\",\"factor\":2},\"rope_parameters\":{\"rope_type\":\"linear\",\"factor\":4}", "rope_scaling", "rope_parameters")]
    [TestCase("\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\"}}", "rope_parameters.full_attention", "one rotary embedding")]
    public void Unsupported_contradictory_and_incomplete_ones_are_refused(string keys, string key, string found)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Read(keys))!;
        Assert.That(error.Message, Does.StartWith($"config.json: {key}: expected").And.Contain(found));
    }

    private static RopeScaling Read(string keys) => RopeScalingReader.Read(ConfigObject.Parse("config.json", Encoding.UTF8.GetBytes($"{{{keys}}}")), Positions);
}
