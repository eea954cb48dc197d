using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>How a folder's files make up a model: which file is read, shards and their index, ties, biases, tensors too many and too few.</summary>
[TestFixture]
internal sealed class CheckpointTests
{
    private const string QueryBias = "model.layers.0.self_attn.q_proj.bias";

    [Test]
    public void Tiny_model_opens()
    {
        using TinyCheckpoint tiny = new();
        using Checkpoint checkpoint = tiny.Open();
        Assert.That(checkpoint.Weights.Layers, Has.Count.EqualTo(1));
    }

    /// <summary>The error names the tensor, whichever is missing, and every one is noticed.</summary>
    [Test]
    public void Every_missing_tensor_is_named()
    {
        using TinyCheckpoint tiny = new();
        foreach (string name in tiny.Tensors.Keys.ToArray())
        {
            tiny.Tensors.Remove(name, out (string, long[], byte[]) removed);
            Assert.That(tiny.Refusal(), Does.Contain(name).And.EndsWith("none of this name"));
            tiny.Tensors.Add(name, removed);
        }
    }

    [TestCase("model.layers.0.self_attn.q_norm.weight")]
    [TestCase("model.layers.1.input_layernorm.weight")]
    public void Tensor_that_no_layer_wants_is_refused(string name)
    {
        using TinyCheckpoint tiny = new();
        tiny.AddHalves(name, 32);
        Assert.That(tiny.Refusal(), Does.Contain(name).And.EndsWith("F16 [32]"));
    }

    [Test]
    public void Stale_rotary_tables_are_passed_over()
    {
        using TinyCheckpoint tiny = new();
        tiny.AddFloats("model.layers.0.self_attn.rotary_emb.inv_freq", 1, 0.5f);
        Assert.That(() => tiny.Open().Dispose(), Throws.Nothing);
    }

    [Test]
    public void Bias_that_the_config_announces_must_be_there()
    {
        using TinyCheckpoint tiny = new();
        tiny.Config["attention_bias"] = true;
        Assert.That(tiny.Refusal(), Does.Contain(QueryBias));
    }

    [Test]
    public void Bias_is_read_in_its_own_type()
    {
        using TinyCheckpoint tiny = new();
        float[] bias = [.. Enumerable.Range(0, 32).Select(n => n / 3f)];
        tiny.AddFloats(QueryBias, bias);
        using Checkpoint checkpoint = tiny.Open();
        Assert.That(checkpoint.Weights.Layers[0].Query.Bias, Is.EqualTo(bias));
        Assert.That(checkpoint.Weights.Layers[0].Key.Bias, Is.Null);
    }

    [Test]
    public void Tied_head_may_be_stored_as_a_copy_only()
    {
        using TinyCheckpoint tiny = new();
        tiny.Config["tie_word_embeddings"] = true;
        Assert.That(tiny.Refusal(), Does.Contain("lm_head.weight").And.Contain("tie_word_embeddings"));
        (string type, long[] shape, byte[] data) = tiny.Tensors["model.embed_tokens.weight"];
        tiny.Tensors["lm_head.weight"] = (type, shape, [.. data[..^1], (byte)(data[^1] ^ 1)]);
        Assert.That(tiny.Refusal(), Does.EndWith("another row 7"));
        tiny.Tensors["lm_head.weight"] = (type, shape, data);
        AssertTied(tiny);
        tiny.Tensors.Remove("lm_head.weight");
        AssertTied(tiny);

        static void AssertTied(TinyCheckpoint tiny)
        {
            using Checkpoint checkpoint = tiny.Open();
            Assert.That(((DenseMatrix)checkpoint.Weights.Head.Matrix).Data, Is.EqualTo(checkpoint.Weights.Embedding));
        }
    }

    [Test]
    public void Weights_of_integers_or_eight_bit_floats_are_refused()
    {
        using TinyCheckpoint tiny = new();
        tiny.Tensors["lm_head.weight"] = ("F8_E4M3", [8, 32], new byte[256]);
        Assert.That(tiny.Refusal(), Does.Contain("lm_head.weight: expected F16 or BF16 or F32 [8, 32], found F8_E4M3 [8, 32]"));
    }

    [Test]
    public void Shards_are_joined_by_their_index()
    {
        using TinyCheckpoint tiny = new();
        WriteShards(tiny);
        using Checkpoint checkpoint = tiny.Open(weights: null);
        Assert.That(checkpoint.Weights.FinalNorm[0], Is.EqualTo((float)BitConverter.ToHalf(tiny.Tensors["model.norm.weight"].Data)));
    }

    [Test]
    public void Tensor_that_its_shard_lacks_is_refused()
    {
        using TinyCheckpoint tiny = new();
        WriteShards(tiny, move: "model.norm.weight");
        Assert.That(tiny.Refusal(weights: null), Does.Contain("weight_map.model.norm.weight").And.Contain("b.safetensors"));
    }

    [Test]
    public void Tensor_that_the_index_lacks_is_refused()
    {
        using TinyCheckpoint tiny = new();
        WriteShards(tiny, drop: "model.norm.weight");
        Assert.That(tiny.Refusal(weights: null), Does.Contain("model.norm.weight").And.Contain("index.json"));
    }

    [Test]
    public void Tensor_that_two_shards_hold_is_refused()
    {
        using TinyCheckpoint tiny = new();
        WriteShards(tiny);
        tiny.WriteTensors("a.safetensors", tiny.Tensors.Keys);
        Assert.That(tiny.Refusal(weights: null), Does.Contain("a.safetensors").And.Contain("lists for this file"));
    }

    [TestCase("../model.safetensors")]
    [TestCase("/etc/passwd")]
    [TestCase("sub/../../model.safetensors")]
    [TestCase("..\\\\model.safetensors")]
    [TestCase("C:model.safetensors")]
    [TestCase("./a.safetensors")]
    [TestCase("")]
    public void Shard_outside_the_folder_is_refused(string shard)
    {
        using TinyCheckpoint tiny = new();
        tiny.Write("model.safetensors.index.json", $$$"""{"weight_map":{"model.norm.weight":"{{{shard}}}"}}""");
        Assert.That(tiny.Refusal(weights: null), Does.Contain("weight_map.model.norm.weight").And.Contain("inside"));
    }

    [TestCase("""{"weight_map":{"a":"a.safetensors","a":"a.safetensors"}}""", "valid JSON")]
    [TestCase("""{"weight_map":["a.safetensors"]}""", "weight_map")]
    [TestCase("""{"weight_map":{"a":1}}""", "string")]
    [TestCase("{}", "weight_map")]
    [TestCase("[]", "JSON object")]
    public void Malformed_index_is_refused(string index, string found)
    {
        using TinyCheckpoint tiny = new();
        tiny.Write("model.safetensors.index.json", index);
        Assert.That(tiny.Refusal(weights: null), Does.Contain("model.safetensors.index.json").And.Contain(found));
    }

    [TestCase("pytorch_model.bin")]
    [TestCase("model.gguf")]
    public void Folder_with_other_weights_names_them(string file)
    {
        using TinyCheckpoint tiny = new();
        tiny.Write(file, "");
        Assert.That(tiny.Refusal(weights: null), Does.Contain("model.safetensors").And.EndsWith(file));
    }

    private static void WriteShards(TinyCheckpoint tiny, string? move = null, string? drop = null)
    {
        string[] names = [.. tiny.Tensors.Keys];
        string ShardOf(string name) => Array.IndexOf(names, name) % 2 == 0 ? "b.safetensors" : "a.safetensors";
        tiny.WriteTensors("a.safetensors", names.Where(name => name == move || ShardOf(name)[0] == 'a'));
        tiny.WriteTensors("b.safetensors", names.Where(name => name != move && ShardOf(name)[0] == 'b'));
        string map = string.Join(',', names.Where(name => name != drop).Select(name => $"\"{name}\":\"{ShardOf(name)}\""));
        tiny.Write("model.safetensors.index.json", $$$"""{"metadata":{"total_size":1},"weight_map":{{{{map}}}}}""");
    }
}
