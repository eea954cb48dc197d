namespace Numina.Cuda.Weights;

/// <summary>
/// Reads config.json and generation_config.json. Sizes must be stated; everything else has the default of the architecture's transformers class. What would change
/// the computation and is not supported is refused by key, never ignored.
/// </summary>
internal static class ModelConfigReader
{
    /// <summary>Bound on every size: far above real models, low enough for products of three sizes to fit 64 bits.</summary>
    public const int MostFeatures = 1 << 20;

    public const int MostPositions = 1 << 30;
    private const int MostLayers = 10_000;
    private const int MostTokens = 1 << 24;

    public static ModelConfig Load(string folder)
    {
        ConfigObject config = ConfigObject.Load(Path.Combine(folder, "config.json"));
        string generationFile = Path.Combine(folder, "generation_config.json");
        ConfigObject? generation = File.Exists(generationFile) ? ConfigObject.Load(generationFile) : null;
        return Read(config, generation, QuantizationConfigReader.Load(folder, config));
    }

    public static ModelConfig Read(ConfigObject config, ConfigObject? generation, QuantizationConfig? quantization)
    {
        Architecture architecture = ReadArchitecture(config);
        int maxPositions = config.Integer("max_position_embeddings", 1, MostPositions) ?? DefaultMaxPositions(architecture);
        int heads = config.RequiredInteger("num_attention_heads", 1, MostFeatures);
        int hidden = config.RequiredInteger("hidden_size", 1, MostFeatures);
        bool attentionBias = architecture == Architecture.Llama && (config.Flag("attention_bias") ?? false);
        RefuseActivation(config);
        RefuseSlidingWindow(config, architecture, maxPositions);
        return new ModelConfig
        {
            Architecture = architecture,
            VocabularySize = config.RequiredInteger("vocab_size", 1, MostTokens),
            HiddenSize = hidden,
            IntermediateSize = config.RequiredInteger("intermediate_size", 1, MostFeatures),
            Layers = config.RequiredInteger("num_hidden_layers", 1, MostLayers),
            Heads = heads,
            KvHeads = KvHeads(config, architecture, heads),
            HeadDim = HeadDim(config, hidden, heads),
            NormEpsilon = config.Number("rms_norm_eps", above: 0) ?? 1e-6f,
            MaxPositions = maxPositions,
            Rope = RopeScalingReader.Read(config, maxPositions),
            TiedEmbeddings = config.Flag("tie_word_embeddings") ?? false,
            QkvBias = attentionBias || architecture == Architecture.Qwen2,
            OutputBias = attentionBias,
            MlpBias = architecture == Architecture.Llama && (config.Flag("mlp_bias") ?? false),
            BosToken = config.Integer("bos_token_id", 0, int.MaxValue) ?? generation?.Integer("bos_token_id", 0, int.MaxValue),
            EosTokens = EosTokens(config, generation),
            Quantization = quantization,
        };
    }

    private static Architecture ReadArchitecture(ConfigObject config)
    {
        IReadOnlyList<string> names = config.Texts("architectures") ?? [];
        string? modelType = config.Text("model_type");
        Architecture? byName = names switch
        {
            ["LlamaForCausalLM"] or ["LLaMAForCausalLM"] => Architecture.Llama,
            ["MistralForCausalLM"] => Architecture.Mistral,
            ["Qwen2ForCausalLM"] => Architecture.Qwen2,
            [] => null,
            _ => throw config.Refuse("architectures", "LlamaForCausalLM, MistralForCausalLM or Qwen2ForCausalLM"),
        };
        Architecture? byType = modelType switch
        {
            "llama" => Architecture.Llama,
            "mistral" => Architecture.Mistral,
            "qwen2" => Architecture.Qwen2,
            null => null,
            _ => throw config.Refuse("model_type", "llama, mistral or qwen2"),
        };
        if (byName is not null && byType is not null && byName != byType)
        {
            throw config.Refuse("model_type", $"the type of {names[0]}");
        }

        return byName ?? byType ?? throw config.Refuse("architectures", "LlamaForCausalLM, MistralForCausalLM or Qwen2ForCausalLM");
    }

    private static int DefaultMaxPositions(Architecture architecture) => architecture switch
    {
        Architecture.Mistral => 131_072,
        Architecture.Qwen2 => 32_768,
        _ => 2_048,
    };

    /// <summary>A null means as many as heads everywhere; a missing key means that only for Llama.</summary>
    private static int KvHeads(ConfigObject config, Architecture architecture, int heads)
    {
        const string key = "num_key_value_heads";
        int ifMissing = architecture switch
        {
            Architecture.Mistral when !config.Keys.Contains(key) => 8,
            Architecture.Qwen2 when !config.Keys.Contains(key) => 32,
            _ => heads,
        };
        int kvHeads = config.Integer(key, 1, MostFeatures) ?? ifMissing;
        return heads % kvHeads == 0 ? kvHeads : throw config.Refuse(key, $"a divisor of num_attention_heads, {heads} (the default is {ifMissing})");
    }

    private static int HeadDim(ConfigObject config, int hidden, int heads)
    {
        const string key = "head_dim";
        int? stated = config.Integer(key, 1, MostFeatures);
        if (stated is null && hidden % heads != 0)
        {
            throw config.Refuse("hidden_size", $"a multiple of num_attention_heads, {heads}, as {key} is not given");
        }

        int headDim = stated ?? hidden / heads;
        if (headDim % 2 != 0)
        {
            throw config.Refuse(stated is null ? "hidden_size" : key, $"an even head dimension for the rotary embedding (it is {headDim})");
        }

        return (long)heads * headDim <= MostFeatures ? headDim : throw config.Refuse(key, $"at most {MostFeatures} features over {heads} heads");
    }

    private static void RefuseActivation(ConfigObject config)
    {
        if ((config.Text("hidden_act") ?? "silu") != "silu")
        {
            throw config.Refuse("hidden_act", "silu");
        }
    }

    /// <summary>A window that reaches over the whole context masks nothing and is accepted.</summary>
    private static void RefuseSlidingWindow(ConfigObject config, Architecture architecture, int maxPositions)
    {
        const string key = "sliding_window";
        if (architecture == Architecture.Qwen2 && !(config.Flag("use_sliding_window") ?? false))
        {
            return;
        }

        bool missing = architecture != Architecture.Llama && !config.Keys.Contains(key);
        int window = config.Integer(key, 1, int.MaxValue) ?? (missing ? 4_096 : maxPositions);
        if (window < maxPositions)
        {
            string expected = $"null or at least max_position_embeddings, {maxPositions} (sliding windows are not supported)";
            throw config.Refuse(key, missing ? $"{expected}; without the key the window is {window}" : expected);
        }
    }

    private static IReadOnlyList<int> EosTokens(ConfigObject config, ConfigObject? generation)
    {
        const string key = "eos_token_id";
        IReadOnlyList<int> others = generation?.Integers(key, 0, int.MaxValue) ?? [];
        return [.. config.Integers(key, 0, int.MaxValue).Union(others)];
    }
}
