namespace Numina.Cuda.Model;

/// <summary>Bounds that a model's buffers are allocated for.</summary>
public sealed record LlamaLimits
{
    /// <summary>The most tokens one step computes.</summary>
    public int TokensPerStep { get; init; } = 512;

    /// <summary>The most sequences one step holds.</summary>
    public int Sequences { get; init; } = 128;

    /// <summary>The most rows of logits one step gives; 0: as many as <see cref="Sequences"/>.</summary>
    public int LogitRows { get; init; }

    /// <summary>The most tokens of one sequence; 0: what the checkpoint's positions and rope scaling allow.</summary>
    public int ContextLength { get; init; }

    /// <summary>Tokens a page of the key-value cache holds.</summary>
    public int PageSize { get; init; } = 16;
}
