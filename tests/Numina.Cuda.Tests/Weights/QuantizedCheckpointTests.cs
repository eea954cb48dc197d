using System.Text.Json.Nodes;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>Quantised layers that the tools' files lack: every pairing of bits, groups, order and format, a quantised head, layers left out, damaged parts.</summary>
[TestFixture]
internal sealed class QuantizedCheckpointTests
{
    private const string Query = "model.layers.0.self_attn.q_proj";
    private static readonly string[] Linears = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"];

    [Test]
    public void Gptq_means_what_its_format_says([Values(4, 8)] int bits, [Values(1, 2, 4)] int groups, [Values] bool permuted, [Values] bool v2)
    {
        using TinyCheckpoint tiny = new();
        QuantizedCodes query = Quantise(tiny, "gptq", bits, groups, module => new QuantizedCodes(bits, groups, module.Length, permuted, leastZero: v2 ? 0 : 1), v2);
        using Checkpoint checkpoint = tiny.Open();
        AssertSame(checkpoint.Weights.Layers[0].Query.Matrix, query);
        Assert.That(checkpoint.Config.Quantization!.ZeroOffset, Is.EqualTo(v2 ? 0 : 1));
    }

    [Test]
    public void Awq_means_what_its_format_says([Values(1, 2, 4)] int groups)
    {
        using TinyCheckpoint tiny = new();
        QuantizedCodes query = Quantise(tiny, "awq", 4, groups, module => new QuantizedCodes(4, groups, module.Length, leastZero: 0));
        using Checkpoint checkpoint = tiny.Open();
        AssertSame(checkpoint.Weights.Layers[0].Query.Matrix, query);
    }

    [Test]
    public void Group_size_of_minus_one_is_the_whole_row()
    {
        using TinyCheckpoint tiny = new();
        QuantizedCodes query = Quantise(tiny, "gptq", 8, 1, module => new QuantizedCodes(8, 1, module.Length));
        tiny.Config["quantization_config"]!["group_size"] = -1;
        using Checkpoint checkpoint = tiny.Open("gptq_model-8bit--1g.safetensors");
        AssertSame(checkpoint.Weights.Layers[0].Query.Matrix, query);
    }

    [Test]
    public void Head_may_be_quantised_too()
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        var head = new QuantizedCodes(8, 2, seed: 5);
        head.AddGptq(tiny, "lm_head");
        tiny.AddHalves("model.embed_tokens.weight", TinyCheckpoint.Features, TinyCheckpoint.Features);
        tiny.Config["vocab_size"] = TinyCheckpoint.Features;
        Assert.That(tiny.Refusal(), Does.Contain("lm_head.qweight"));
        tiny.Config["quantization_config"]!["lm_head"] = true;
        using Checkpoint checkpoint = tiny.Open();
        AssertSame(checkpoint.Weights.Head.Matrix, head);
    }

    [TestCase("modules_to_not_convert", """["q_proj"]""")]
    [TestCase("modules_in_block_to_quantize", """[["self_attn.k_proj","self_attn.v_proj"],["self_attn.o_proj"],["mlp.gate_proj","mlp.up_proj","mlp.down_proj"]]""")]
    public void Layers_that_the_config_leaves_out_are_dense(string key, string modules)
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        foreach (string part in (string[])["qweight", "qzeros", "scales", "g_idx"])
        {
            tiny.Tensors.Remove($"{Query}.{part}");
        }

        tiny.AddHalves($"{Query}.weight", TinyCheckpoint.Features, TinyCheckpoint.Features);
        Assert.That(tiny.Refusal(), Does.Contain($"{Query}.qweight"));
        tiny.Config["quantization_config"]![key] = JsonNode.Parse(modules);
        using Checkpoint checkpoint = tiny.Open();
        Assert.That(checkpoint.Weights.Layers[0].Query.Matrix, Is.TypeOf<DenseMatrix>());
        Assert.That(checkpoint.Weights.Layers[0].Key.Matrix, Is.TypeOf<QuantizedMatrix>());
    }

    [TestCase("qweight", "I32 [8, 32]")]
    [TestCase("qzeros", "I32 [2, 8]")]
    [TestCase("scales", "F16 or BF16 [2, 32]")]
    [TestCase("g_idx", "I32 [32]")]
    public void Parts_of_another_type_or_shape_are_refused(string part, string expected)
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        string name = $"{Query}.{part}";
        (string type, long[] shape, byte[] data) = tiny.Tensors[name];
        tiny.Tensors[name] = (type == "I32" ? "U32" : "I16", shape, data);
        Assert.That(tiny.Refusal(), Does.Contain($"{name}: expected {expected}"));
        tiny.Tensors[name] = (type, [.. shape, 1], data);
        Assert.That(tiny.Refusal(), Does.Contain($"{name}: expected {expected}"));
        tiny.Tensors.Remove(name);
        Assert.That(tiny.Refusal(), Does.Contain(name).And.EndsWith("none of this name"));
    }

    [Test]
    public void Output_features_that_fill_no_word_are_refused()
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        tiny.Config["intermediate_size"] = 30;
        Assert.That(tiny.Refusal(), Does.Contain("mlp.gate_proj.qzeros: expected a multiple of 4").And.EndsWith("found 30"));
    }

    /// <summary>A back end that lays groups out in runs counts on each having group_size members.</summary>
    [Test]
    public void Groups_of_uneven_size_are_refused()
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        tiny.AddWords($"{Query}.g_idx", [.. Enumerable.Range(0, 32).Select(k => k < 17 ? 0u : 1u)], 32);
        Assert.That(tiny.Refusal(), Does.Contain($"{Query}.g_idx: expected 16").And.Contain("17 in group 0"));
    }

    /// <summary>Every field of every word is looked at, and no neighbour is mistaken for it.</summary>
    [Test]
    public void Zero_point_of_all_ones_is_refused_in_v1_wherever_it_lies([Values(4, 8)] int bits, [Values(0, 5, 17, 31)] int n)
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", bits, 2, module => new QuantizedCodes(bits, 2, module.Length));
        string name = $"{Query}.qzeros";
        int perWord = 32 / bits;
        uint almost = bits == 8 ? 0xfefefefe : 0xeeeeeeee;
        uint[] words = [.. Enumerable.Repeat(almost, 2 * 32 / perWord)];
        tiny.AddWords(name, words, 2, 32 / perWord);
        Assert.That(() => tiny.Open().Dispose(), Throws.Nothing);
        words[32 / perWord + n / perWord] |= 1u << (bits * (n % perWord));
        tiny.AddWords(name, words, 2, 32 / perWord);
        Assert.That(tiny.Refusal(), Does.Contain($"{name}[1, {n / perWord}]"));
        tiny.Config["quantization_config"]!["checkpoint_format"] = "gptq_v2";
        Assert.That(() => tiny.Open().Dispose(), Throws.Nothing);
    }

    [TestCase(0x7c00, "F16")]
    [TestCase(0xfe01, "F16")]
    [TestCase(0x7f80, "BF16")]
    [TestCase(0xffc0, "BF16")]
    public void Scales_that_are_not_finite_are_refused(int value, string type)
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        string name = $"{Query}.scales";
        byte[] data = [.. tiny.Tensors[name].Data];
        tiny.Tensors[name] = (type, [2, 32], data);
        Assert.That(() => tiny.Open().Dispose(), Throws.Nothing);
        (data[2 * 63], data[2 * 63 + 1]) = ((byte)value, (byte)(value >> 8));
        Assert.That(tiny.Refusal(), Does.Contain($"{name}[1, 31]: expected finite"));
    }

    [Test]
    public void Quantised_weights_without_a_quantisation_config_are_named()
    {
        using TinyCheckpoint tiny = new();
        Quantise(tiny, "gptq", 8, 2, module => new QuantizedCodes(8, 2, module.Length));
        tiny.Config.Remove("quantization_config");
        Assert.That(tiny.Refusal(), Does.Contain($"{Query}.qweight").And.Contain("not quantised"));
    }

    /// <summary>Quantises all layers; returns the codes of the query projection.</summary>
    private static QuantizedCodes Quantise(TinyCheckpoint tiny, string method, int bits, int groups, Func<string, QuantizedCodes> make, bool v2 = false)
    {
        Dictionary<string, QuantizedCodes> layers = Linears.ToDictionary(linear => $"model.layers.0.{linear}", linear => make(linear));
        foreach ((string module, QuantizedCodes codes) in layers)
        {
            if (method == "awq")
            {
                codes.AddAwq(tiny, module);
            }
            else
            {
                codes.AddGptq(tiny, module, v2);
            }
        }

        tiny.Config["quantization_config"] = new JsonObject { ["quant_method"] = method, ["bits"] = bits, ["group_size"] = 32 / groups };
        if (method == "gptq")
        {
            tiny.Config["quantization_config"]!["checkpoint_format"] = v2 ? "gptq_v2" : "gptq";
        }

        return layers[Query];
    }

    private static void AssertSame(WeightMatrix matrix, QuantizedCodes expected)
    {
        var row = new float[matrix.Columns];
        for (int n = 0; n < matrix.Rows; n++)
        {
            ((QuantizedMatrix)matrix).DequantizeRow(n, row);
            Assert.That(row, Is.EqualTo(Enumerable.Range(0, matrix.Columns).Select(k => expected.Weight(n, k)).ToArray()), $"row {n}");
        }
    }
}
