namespace Numina.Cuda.Weights;

/// <summary>The architectures that share the Llama decoder.</summary>
public enum Architecture
{
    Llama,
    Mistral,
    Qwen2,
}

/// <summary>What config.json says of a Llama-family decoder, spelling variants resolved and defaults filled in.</summary>
public sealed record ModelConfig
{
    public required Architecture Architecture { get; init; }

    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    /// <summary>Key-value heads; divides <see cref="Heads"/>.</summary>
    public required int KvHeads { get; init; }

    public required int HeadDim { get; init; }

    public required float NormEpsilon { get; init; }

    /// <summary>max_position_embeddings: the context length in tokens.</summary>
    public required int MaxPositions { get; init; }

    public required RopeScaling Rope { get; init; }

    /// <summary>The output head is the embedding table.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>q, k and v projections have biases.</summary>
    public required bool QkvBias { get; init; }

    /// <summary>The attention output projection has a bias.</summary>
    public required bool OutputBias { get; init; }

    /// <summary>gate, up and down projections have biases.</summary>
    public required bool MlpBias { get; init; }

    /// <summary>bos_token_id, or null.</summary>
    public int? BosToken { get; init; }

    /// <summary>Every token that ends a text: config.json's and generation_config.json's.</summary>
    public required IReadOnlyList<int> EosTokens { get; init; }

    /// <summary>Null for an unquantised checkpoint.</summary>
    public QuantizationConfig? Quantization { get; init; }

    /// <summary>Reads config.json of a checkpoint folder and, where they exist, generation_config.json and quantize_config.json. Throws <see cref="CheckpointException"/>.</summary>
    public static ModelConfig Load(string folder) => ModelConfigReader.Load(folder);
}
