using System.Text;
using System.Text.Json.Nodes;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>config.json's variants and defaults, and what is refused.</summary>
[TestFixture]
internal sealed class ModelConfigTests
{
    private const string Sizes = "\"hidden_size\":64,\"intermediate_size\":160,\"num_hidden_layers\":2,\"num_attention_heads\":4,\"vocab_size\":100,\"max_position_embeddings\":4096";
    private const string Llama = "\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\"," + Sizes;
    private const string Mistral = "\"architectures\":[\"MistralForCausalLM\"],\"model_type\":\"mistral\",\"num_key_value_heads\":2," + Sizes;
    private const string Qwen2 = "\"architectures\":[\"Qwen2ForCausalLM\"],\"model_type\":\"qwen2\",\"num_key_value_heads\":2," + Sizes;

    [Test]
    public void Defaults_are_those_of_transformers()
    {
        ModelConfig config = Parse(Llama);
        Assert.That((config.KvHeads, config.HeadDim, config.NormEpsilon, config.TiedEmbeddings), Is.EqualTo((4, 16, 1e-6f, false)));
        Assert.That(config.Rope, Is.EqualTo(new RopeScaling { Theta = 10_000 }));
        Assert.That(config.BosToken, Is.Null);
        Assert.That(config.EosTokens, Is.Empty);
        Assert.That((config.QkvBias, config.OutputBias, config.MlpBias), Is.EqualTo((false, false, false)));
    }

    [Test]
    public void Null_reads_as_absent()
    {
        ModelConfig nulls = Parse(Llama + ",\"head_dim\":null,\"num_key_value_heads\":null,\"rope_scaling\":null,\"rope_theta\":null,\"attention_bias\":null,\"eos_token_id\":null");
        Assert.That(nulls with { EosTokens = [] }, Is.EqualTo(Parse(Llama) with { EosTokens = [] }));
        Assert.That(nulls.EosTokens, Is.Empty);
    }

    [TestCase("\"model_type\":\"qwen2\"," + Sizes + ",\"num_key_value_heads\":1", Architecture.Qwen2)]
    [TestCase("\"architectures\":[\"MistralForCausalLM\"],\"sliding_window\":null," + Sizes + ",\"num_key_value_heads\":1", Architecture.Mistral)]
    [TestCase("\"architectures\":[\"LLaMAForCausalLM\"]," + Sizes, Architecture.Llama)]
    public void Architecture_is_known_by_either_key(string config, Architecture architecture) => Assert.That(Parse(config).Architecture, Is.EqualTo(architecture));

    [Test]
    public void Missing_maximum_of_positions_depends_on_the_architecture()
    {
        string without = Sizes[..Sizes.LastIndexOf(',')];
        Assert.That(Parse("\"model_type\":\"llama\"," + without).MaxPositions, Is.EqualTo(2048));
        Assert.That(Parse("\"model_type\":\"mistral\",\"num_key_value_heads\":4,\"sliding_window\":null," + without).MaxPositions, Is.EqualTo(131_072));
        Assert.That(Parse("\"model_type\":\"qwen2\",\"num_key_value_heads\":4," + without).MaxPositions, Is.EqualTo(32_768));
    }

    [Test]
    public void End_tokens_are_the_union_of_both_files()
    {
        ModelConfig config = ModelConfigReader.Read(
            ConfigObject.Parse("config.json", Encoding.UTF8.GetBytes($$"""{{{Llama}},"eos_token_id":7}""")),
            ConfigObject.Parse("generation_config.json", """{"eos_token_id":[7,3],"bos_token_id":5}"""u8),
            null);
        Assert.That(config.EosTokens, Is.EqualTo(new[] { 7, 3 }));
        Assert.That(config.BosToken, Is.EqualTo(5));
    }

    [TestCase("\"sliding_window\":null")]
    [TestCase("\"sliding_window\":4096")]
    [TestCase("\"sliding_window\":8192")]
    [TestCase("\"rope_theta\":5.0")]
    public void Window_over_the_whole_context_is_no_window(string keys) => Assert.That(() => Parse(Mistral + "," + keys), Throws.Nothing);

    [Test]
    public void Unused_window_is_not_read() => Assert.That(() => Parse(Qwen2 + ",\"sliding_window\":0,\"use_sliding_window\":false,\"max_window_layers\":2"), Throws.Nothing);

    [TestCase(Llama + ",\"hidden_act\":\"gelu\"", "hidden_act", "gelu")]
    [TestCase(Llama + ",\"partial_rotary_factor\":0.5", "partial_rotary_factor", "0.5")]
    [TestCase(Llama + ",\"rope_parameters\":{\"rope_type\":\"default\",\"partial_rotary_factor\":0.25}", "rope_parameters.partial_rotary_factor", "0.25")]
    [TestCase(Llama + ",\"num_key_value_heads\":3", "num_key_value_heads", "divisor")]
    [TestCase(Llama + ",\"head_dim\":15", "head_dim", "even")]
    [TestCase(Llama + ",\"head_dim\":1048576", "head_dim", "at most")]
    [TestCase(Llama + ",\"tie_word_embeddings\":\"true\"", "tie_word_embeddings", "true or false")]
    [TestCase(Llama + ",\"attention_bias\":1", "attention_bias", "true or false")]
    [TestCase(Llama + ",\"rms_norm_eps\":0", "rms_norm_eps", "above 0")]
    [TestCase(Llama + ",\"rms_norm_eps\":\"1e-5\"", "rms_norm_eps", "number")]
    [TestCase(Llama + ",\"rope_theta\":1e999", "rope_theta", "finite")]
    [TestCase(Llama + ",\"rope_theta\":-1", "rope_theta", "above 0")]
    [TestCase(Llama + ",\"eos_token_id\":-1", "eos_token_id", "-1")]
    [TestCase(Llama + ",\"eos_token_id\":[1,\"2\"]", "eos_token_id", "integer")]
    [TestCase(Llama + ",\"bos_token_id\":1.5", "bos_token_id", "integer")]
    [TestCase(Llama + ",\"quantization_config\":[]", "quantization_config", "an object")]
    [TestCase(Llama + ",\"rope_theta\":1,\"rope_theta\":1", "file", "valid JSON")]
    [TestCase(Llama + ",\"note\":\"\\ud800\"", "file", "valid JSON")]
    [TestCase(Llama + ",\"\\udfff\":1", "file", "valid JSON")]
    [TestCase("\"architectures\":[\"GemmaForCausalLM\"]," + Sizes, "architectures", "GemmaForCausalLM")]
    [TestCase("\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"mistral\"," + Sizes, "model_type", "mistral")]
    [TestCase("\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"gpt2\"," + Sizes, "model_type", "gpt2")]
    [TestCase(Sizes, "architectures", "no such key")]
    [TestCase(Mistral + ",\"sliding_window\":1024", "sliding_window", "1024")]
    [TestCase(Qwen2 + ",\"use_sliding_window\":true,\"sliding_window\":1024", "sliding_window", "1024")]
    [TestCase(Qwen2 + ",\"use_sliding_window\":\"no\"", "use_sliding_window", "true or false")]
    public void Unsupported_and_senseless_configs_are_refused_by_key(string keys, string key, string found)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => Parse(keys))!;
        Assert.That(error.Message, Does.StartWith($"config.json: {key}: expected").And.Contain(found));
    }

    /// <summary>Without the key transformers slides a window of 4096 tokens over a Mistral.</summary>
    [Test]
    public void Missing_window_is_refused_where_a_longer_context_would_meet_it() =>
        Assert.That(() => Parse(Mistral.Replace("4096", "8192", StringComparison.Ordinal)), Throws.TypeOf<CheckpointException>().With.Message.Contains("sliding_window").And.Message.Contains("4096"));

    /// <summary>Every size must be stated, positive, an integer, and not absurd.</summary>
    [Test]
    public void Sizes_are_checked(
        [Values("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size", "max_position_embeddings", "num_key_value_heads", "head_dim")] string key,
        [Values("0", "-4", "4.5", "\"64\"", "true", "[64]", "4000000000", "1e3")] string value)
    {
        JsonObject config = JsonNode.Parse($"{{{Llama}}}")!.AsObject();
        config[key] = JsonNode.Parse(value);
        Assert.That(() => Parse(config.ToJsonString()[1..^1]), Throws.TypeOf<CheckpointException>().With.Message.StartsWith($"config.json: {key}: expected"));
    }

    [TestCase("hidden_size")]
    [TestCase("intermediate_size")]
    [TestCase("num_hidden_layers")]
    [TestCase("num_attention_heads")]
    [TestCase("vocab_size")]
    public void Sizes_are_required(string key)
    {
        JsonObject config = JsonNode.Parse($"{{{Llama}}}")!.AsObject();
        config.Remove(key);
        Assert.That(() => Parse(config.ToJsonString()[1..^1]), Throws.TypeOf<CheckpointException>().With.Message.Contains($"{key}: expected").And.Message.EndsWith("no such key"));
    }

    [Test]
    public void Heads_must_divide_the_hidden_size_unless_the_head_dimension_is_given()
    {
        string odd = Llama.Replace("\"num_attention_heads\":4", "\"num_attention_heads\":6", StringComparison.Ordinal);
        Assert.That(() => Parse(odd), Throws.TypeOf<CheckpointException>().With.Message.Contains("hidden_size"));
        Assert.That(Parse(odd + ",\"head_dim\":10").HeadDim, Is.EqualTo(10));
    }

    private static ModelConfig Parse(string keys)
    {
        ConfigObject config = ConfigObject.Parse("config.json", Encoding.UTF8.GetBytes($"{{{keys}}}"));
        return ModelConfigReader.Read(config, null, QuantizationConfigReader.Load("/no/such/folder", config));
    }
}
