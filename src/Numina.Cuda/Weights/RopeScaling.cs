namespace Numina.Cuda.Weights;

/// <summary>The rotary embedding's variants, by their names in config.json.</summary>
public enum RopeKind
{
    Default,
    Linear,
    Dynamic,
    Llama3,
    Yarn,
}

/// <summary>Parameters of the rotary position embedding; those a kind does not use keep their defaults.</summary>
public sealed record RopeScaling
{
    public RopeKind Kind { get; init; } = RopeKind.Default;

    public required float Theta { get; init; }

    public float Factor { get; init; } = 1;

    /// <summary>original_max_position_embeddings (llama3, yarn).</summary>
    public int OriginalMaxPositions { get; init; }

    public float LowFrequencyFactor { get; init; } = 1;

    public float HighFrequencyFactor { get; init; } = 4;

    public float BetaFast { get; init; } = 32;

    public float BetaSlow { get; init; } = 1;

    /// <summary>yarn's attention_factor; null means 0.1 ln(factor) + 1 (or what mscale and mscale_all_dim give).</summary>
    public float? AttentionFactor { get; init; }

    public float? MScale { get; init; }

    public float? MScaleAllDim { get; init; }

    /// <summary>yarn: round the ramp's ends to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;
}
