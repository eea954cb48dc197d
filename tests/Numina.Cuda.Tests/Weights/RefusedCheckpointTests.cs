using System.Text.Json;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>goldens/gptq/bad: malformed and unsupported folders, and controls that must load.</summary>
[TestFixture]
internal sealed class RefusedCheckpointTests
{
    private const string Root = "goldens/gptq/bad";

    /// <summary>Words that must stand in the message, so that a folder is not refused for another reason than its own.</summary>
    private static readonly Dictionary<string, string[]> Named = new()
    {
        ["truncated"] = ["data_offsets"],
        ["empty-file"] = ["0 bytes"],
        ["header-past-end"] = ["header length", "13137"],
        ["header-length-huge"] = ["header length", "9223372036854775816"],
        ["header-not-json"] = ["header", "JSON"],
        ["offsets-overlap"] = ["q_proj.g_idx", "overlap"],
        ["offsets-out-of-range"] = ["down_proj.g_idx", "data_offsets"],
        ["offsets-reversed"] = ["q_proj.scales", "begin <= end"],
        ["size-mismatch"] = ["bytes between its data_offsets"],
        ["shape-overflow"] = ["2^64"],
        ["trailing-bytes"] = ["bytes after the header"],
        ["dtype-unknown"] = ["dtype", "Q9", "BF16"],
        ["duplicate-keys"] = ["twice"],
        ["missing-qzeros"] = ["q_proj.qzeros", "none of this name"],
        ["missing-norm"] = ["model.norm.weight", "none of this name"],
        ["gidx-out-of-range"] = ["q_proj.g_idx[3]", "found 1"],
        ["gidx-negative"] = ["q_proj.g_idx[3]", "found -1"],
        ["qweight-shape"] = ["q_proj.qweight", "[8, 32]", "[7, 32]"],
        ["scales-shape"] = ["q_proj.scales", "[1, 32]", "[2, 32]"],
        ["qweight-dtype"] = ["q_proj.qweight", "I32", "F32"],
        ["scales-nan"] = ["q_proj.scales", "finite"],
        ["scales-inf"] = ["q_proj.scales", "finite"],
        ["asym-v1-zero-wraps"] = ["q_proj.qzeros", "255"],
        ["bits3"] = ["bits", "4 or 8", "found 3"],
        ["pack-int16"] = ["pack_dtype", "int32", "int16"],
        ["marlin"] = ["is_marlin_format", "false"],
        ["gptq-p"] = ["checkpoint_format", "gptq_v2", "gptq_p"],
        ["method-unknown"] = ["quant_method", "gptq or awq", "fp8"],
        ["configs-disagree"] = ["bits", "8", "4"],
        ["group-not-dividing"] = ["scales", "multiple of 24", "found 32"],
        ["index-missing-shard"] = ["model-00002-of-00002.safetensors", "no such file"],
        ["index-escapes"] = ["../ok-control/model.safetensors", "inside"],
        ["no-config"] = ["config.json", "no such file"],
    };

    private static IEnumerable<TestCaseData> Cases()
    {
        if (Reference.Find($"{Root}/cases.json") is not { } file)
        {
            return [new TestCaseData("cases.json", "load")];
        }

        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(file));
        return [.. cases.RootElement.EnumerateObject().Select(item => new TestCaseData(item.Name, item.Value.GetProperty("must").GetString()).SetArgDisplayNames(item.Name))];
    }

    [TestCaseSource(nameof(Cases))]
    public void Loads_or_is_refused_by_name(string folder, string must)
    {
        string path = Reference.Path($"{Root}/{folder}");
        if (must != "reject")
        {
            Assert.That(() => Checkpoint.Open(path).Dispose(), Throws.Nothing);
            return;
        }

        CheckpointException error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(path).Dispose())!;
        Assert.That(error.Message, Does.StartWith(path).And.Not.Contain("\n").And.Not.Contain("\r"));
        foreach (string word in Named.GetValueOrDefault(folder, []))
        {
            Assert.That(error.Message, Does.Contain(word));
        }
    }

    [Test]
    public void Non_zero_bias_is_kept_though_the_config_announces_none()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Reference.Path($"{Root}/bias-nonzero"));
        Assert.That(checkpoint.Config.QkvBias, Is.False);
        Assert.That(checkpoint.Weights.Layers[0].Query.Bias, Has.Length.EqualTo(32).And.Some.Not.Zero);
        Assert.That(checkpoint.Weights.Layers[0].Key.Bias, Is.Null);
    }

    [Test]
    public void Zero_bias_is_none()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Reference.Path($"{Root}/ok-zero-bias"));
        Assert.That(checkpoint.Weights.Layers[0].Query.Bias, Is.Null);
    }

    [Test]
    public void Zero_point_is_read_as_stored_though_the_config_says_symmetric()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Reference.Path($"{Root}/sym-with-odd-zero"));
        var query = (Tensors.QuantizedMatrix)checkpoint.Weights.Layers[0].Query.Matrix;
        Assert.That(Enumerable.Range(0, 32).Select(n => query.Zero(0, n)), Is.All.EqualTo(100));
    }

    [Test]
    public void Missing_folder_is_named() =>
        Assert.That(() => Checkpoint.Open("/no/such/folder"), Throws.TypeOf<CheckpointException>().With.Message.StartsWith("/no/such/folder").And.Message.EndsWith("no such folder"));
}
