namespace Numina.Cuda.Engine;

/// <summary>Counts since the engine was made, and the page pool's state.</summary>
public sealed record EngineMetrics
{
    /// <summary>Forward passes.</summary>
    public long Steps { get; init; }

    /// <summary>Tokens computed to fill the cache, without drawing from them. The last token before a drawn one counts as decoded, so a prompt of T tokens counts T - 1.</summary>
    public long PrefilledTokens { get; init; }

    /// <summary>Tokens of <see cref="PrefilledTokens"/> that had been computed before and lost to preemption.</summary>
    public long RecomputedTokens { get; init; }

    /// <summary>Tokens found in the cache when a sequence was admitted, instead of being computed.</summary>
    public long PrefixHitTokens { get; init; }

    /// <summary>Tokens drawn.</summary>
    public long DecodedTokens { get; init; }

    /// <summary>Times that a sequence gave up its pages.</summary>
    public long Preemptions { get; init; }

    /// <summary>Pages of the pool.</summary>
    public int Pages { get; init; }

    /// <summary>Pages that a session holds now.</summary>
    public int PagesUsed { get; init; }

    /// <summary>The most pages held at one time.</summary>
    public int PagesPeak { get; init; }

    /// <summary>Time in forward passes, the draw included.</summary>
    public TimeSpan ComputeTime { get; init; }
}
