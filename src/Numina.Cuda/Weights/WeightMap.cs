using Numina.Cuda.Tensors;

namespace Numina.Cuda.Weights;

/// <summary>
/// Every key and shape of a Llama-family checkpoint. Reading it is checking it: nothing is left to fail later. Tensors that no layer wants are refused, as vLLM does,
/// because they may mean another architecture; only the rotary tables that old transformers wrote are passed over.
/// </summary>
internal sealed class WeightMap
{
    private static readonly string[] StaleTables = [".rotary_emb.inv_freq", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached"];
    private readonly ModelConfig _config;
    private readonly TensorMap _tensors;

    private WeightMap(ModelConfig config, TensorMap tensors) => (_config, _tensors) = (config, tensors);

    public static ModelWeights Read(ModelConfig config, TensorMap tensors)
    {
        var map = new WeightMap(config, tensors);
        Tensor embedding = tensors.Get("model.embed_tokens.weight", new Shape(config.VocabularySize, config.HiddenSize), TensorValues.Floating);
        var weights = new ModelWeights
        {
            Embedding = embedding,
            Layers = [.. Enumerable.Range(0, config.Layers).Select(map.Layer)],
            FinalNorm = map.Norm("model.norm"),
            Head = config.TiedEmbeddings ? map.TiedHead(embedding) : map.Linear("lm_head", config.VocabularySize, config.HiddenSize, bias: false),
        };
        map.RefuseLeftovers();
        return weights;
    }

    private LayerWeights Layer(int index)
    {
        string layer = $"model.layers.{index}";
        string attention = $"{layer}.self_attn";
        string mlp = $"{layer}.mlp";
        (int hidden, int inner) = (_config.HiddenSize, _config.IntermediateSize);
        int queries = _config.Heads * _config.HeadDim;
        int keys = _config.KvHeads * _config.HeadDim;
        return new LayerWeights
        {
            InputNorm = Norm($"{layer}.input_layernorm"),
            Query = Linear($"{attention}.q_proj", queries, hidden, _config.QkvBias),
            Key = Linear($"{attention}.k_proj", keys, hidden, _config.QkvBias),
            Value = Linear($"{attention}.v_proj", keys, hidden, _config.QkvBias),
            Output = Linear($"{attention}.o_proj", hidden, queries, _config.OutputBias),
            PostAttentionNorm = Norm($"{layer}.post_attention_layernorm"),
            Gate = Linear($"{mlp}.gate_proj", inner, hidden, _config.MlpBias),
            Up = Linear($"{mlp}.up_proj", inner, hidden, _config.MlpBias),
            Down = Linear($"{mlp}.down_proj", hidden, inner, _config.MlpBias),
        };
    }

    private float[] Norm(string module) =>
        TensorValues.ToFloats(_tensors.Get($"{module}.weight", new Shape(_config.HiddenSize), TensorValues.Floating));

    private LinearWeights Linear(string module, int rows, int columns, bool bias)
    {
        WeightMatrix matrix = IsQuantized(module) is not { } quantization
            ? new DenseMatrix(_tensors.Get($"{module}.weight", new Shape(rows, columns), TensorValues.Floating))
            : quantization.Method == QuantizationMethod.Gptq ? GptqWeight.Read(_tensors, module, rows, columns, quantization)
            : AwqWeight.Read(_tensors, module, rows, columns, quantization);
        return new LinearWeights(matrix, Bias($"{module}.bias", rows, bias));
    }

    /// <summary>How the layer is quantised, or null. A layer that the config leaves out is what the file makes of it; of the rest the config has the word.</summary>
    private QuantizationConfig? IsQuantized(string module)
    {
        string codes = $"{module}.qweight";
        if (_config.Quantization is not { } quantization || (module == "lm_head" && !quantization.QuantizedHead))
        {
            return !_tensors.Contains(codes)
                ? null
                : throw new CheckpointException(_tensors.FileOf(codes), codes, $"{module}.weight, as the config says that it is not quantised", "quantised weights");
        }

        return quantization.MayBeDense(module) && !_tensors.Contains(codes) ? null : quantization;
    }

    /// <summary>A bias that the file holds is added whether the config announces it or not: AutoGPTQ writes zeros for every layer, others write real ones.</summary>
    private float[]? Bias(string name, int rows, bool required)
    {
        if (!required && !_tensors.Contains(name))
        {
            return null;
        }

        float[] bias = TensorValues.ToFloats(_tensors.Get(name, new Shape(rows), TensorValues.Floating));
        return bias.AsSpan().ContainsAnyExcept(0f) ? bias : null;
    }

    /// <summary>The embedding. A head that the file holds all the same must be a copy of it: transformers 4 drops another one, transformers 5 uses it.</summary>
    private LinearWeights TiedHead(Tensor embedding)
    {
        const string name = "lm_head.weight";
        if (_config.Quantization is { QuantizedHead: true })
        {
            throw new CheckpointException(_tensors.FileOf(name), "lm_head", "false in the quantisation config, as tie_word_embeddings is true", "true");
        }

        if (_tensors.Contains(name))
        {
            Tensor head = _tensors.Get(name, embedding.Shape, embedding.Type);
            for (long row = 0; row < embedding.Shape[0]; row++)
            {
                if (!head.Rows(row, 1).AsBytes().SequenceEqual(embedding.Rows(row, 1).AsBytes()))
                {
                    throw new CheckpointException(_tensors.FileOf(name), name, "a copy of model.embed_tokens.weight, as tie_word_embeddings is true", $"another row {row}");
                }
            }
        }

        return new LinearWeights(new DenseMatrix(embedding), null);
    }

    private void RefuseLeftovers()
    {
        foreach ((string name, SafetensorsFile file) in _tensors.Unfetched)
        {
            if (!StaleTables.Any(end => name.EndsWith(end, StringComparison.Ordinal)))
            {
                throw new CheckpointException(file.FilePath, name, $"only tensors of a {_config.Architecture} decoder of {_config.Layers} layers", file.Info(name).ToString());
            }
        }
    }
}
