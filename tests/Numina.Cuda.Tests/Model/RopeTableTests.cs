using Numina.Cuda.Model;
using Numina.Cuda.Tests.References;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Model;

/// <summary>Rotary frequencies against those that Hugging Face transformers used.</summary>
internal sealed class RopeTableTests
{
    [TestCaseSource(typeof(GoldenModel), nameof(GoldenModel.LlamaNames))]
    public void Frequencies_are_Hugging_Faces(string name)
    {
        string folder = Reference.Path($"goldens/llama/{name}");
        var expected = new ReferenceTensors(Path.Combine(folder, "expected.safetensors"));
        var table = new RopeTable(ModelConfig.Load(folder));
        foreach (string prompt in expected.Prompts)
        {
            float[] actual = table.InverseFrequencies(expected.Shape(prompt + "input_ids")[0]);
            double[] wanted = expected.Numbers(prompt + "inv_freq");
            Assert.That(actual, Has.Length.EqualTo(wanted.Length));
            for (int i = 0; i < wanted.Length; i++)
            {
                Assert.That(actual[i], Is.EqualTo(wanted[i]).Within(1e-4).Percent, $"{name} {prompt}inv_freq[{i}]");
            }
        }
    }

    // 0.1 m ln(8) + 1 is 1.2079442 for m = 1, 1.1470291 for 0.7071 and 1.4158883 for 2.
    [TestCase(null, null, null, 1.2079442)]
    [TestCase(1.5f, null, null, 1.5)]
    [TestCase(null, 0.7071f, 0.7071f, 1.0)]
    [TestCase(null, 2f, 0.7071f, 1.4158883 / 1.1470376)]
    [TestCase(null, 2f, null, 1.2079442)]
    [TestCase(1.5f, 2f, 1f, 1.5)]
    public void Yarns_attention_factor_is_stated_or_follows_from_mscale(float? stated, float? mScale, float? mScaleAllDim, double expected)
    {
        RopeTable table = Table(new RopeScaling
        {
            Kind = RopeKind.Yarn, Theta = 10000, Factor = 8, OriginalMaxPositions = 512, AttentionFactor = stated, MScale = mScale, MScaleAllDim = mScaleAllDim,
        });
        float[] row = new float[32];
        table.FillRow(0, table.InverseFrequencies(1), row);
        Assert.That(table.AttentionFactor, Is.EqualTo(expected).Within(1e-6));
        Assert.That(row[0], Is.EqualTo(expected).Within(1e-6), "the cosine of 0");
    }

    [Test]
    public void Yarns_ramp_ends_are_whole_dimensions_only_when_truncated()
    {
        // dimension(r) = 32 ln(512 / (2 pi r)) / (2 ln 10000): 1.6244 for 32 rotations, 7.6447 for 1; at i = 4 the ramp is (4 - 1) / 7 or (4 - 1.6244) / 6.0203.
        var scaling = new RopeScaling { Kind = RopeKind.Yarn, Theta = 10000, Factor = 8, OriginalMaxPositions = 512 };
        double plain = Math.Pow(10000, -8 / 32.0);
        Assert.That(Table(scaling).InverseFrequencies(1)[4], Is.EqualTo(Mixed(3 / 7.0)).Within(1e-6));
        Assert.That(Table(scaling with { Truncate = false }).InverseFrequencies(1)[4], Is.EqualTo(Mixed((4 - 1.62436) / 6.02025)).Within(1e-5));

        double Mixed(double ramp) => plain / 8 * ramp + plain * (1 - ramp);
    }

    [Test]
    public void Only_dynamic_scaling_depends_on_the_length_and_only_beyond_the_stated_positions()
    {
        RopeTable dynamic = Table(new RopeScaling { Kind = RopeKind.Dynamic, Theta = 10000, Factor = 2 });
        RopeTable linear = Table(new RopeScaling { Kind = RopeKind.Linear, Theta = 10000, Factor = 2 });
        Assert.That(linear.EffectiveLength(5000), Is.EqualTo(linear.EffectiveLength(1)));
        Assert.That(dynamic.EffectiveLength(4096), Is.EqualTo(dynamic.EffectiveLength(1)));
        Assert.That(dynamic.EffectiveLength(4097), Is.Not.EqualTo(dynamic.EffectiveLength(4096)));
        Assert.That(dynamic.InverseFrequencies(4096), Is.EqualTo(dynamic.InverseFrequencies(1)));
        Assert.That(dynamic.InverseFrequencies(4097), Is.Not.EqualTo(dynamic.InverseFrequencies(4096)));
    }

    private static RopeTable Table(RopeScaling scaling) => new(TinyModel.Config with { HeadDim = 32, MaxPositions = 4096, Rope = scaling });
}
