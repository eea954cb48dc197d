using Numina.Cuda.Backends;
using Numina.Cuda.Model;

namespace Numina.Cuda.Engine;

/// <summary>How much an engine holds. The tokens and sequences of a step are the model's limits.</summary>
public sealed record EngineOptions
{
    /// <summary>Pages of the key-value cache; 0: as many as <see cref="CacheBytes"/> holds.</summary>
    public int Pages { get; init; }

    /// <summary>Bytes of the key-value cache. Less is taken when every sequence of a step fits into less.</summary>
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Offer pages of generated and appended text to later prompts too, not those of prompts alone. Right on devices that compute a token alone and in a prompt to
    /// the same bits.
    /// </summary>
    public bool ShareGeneratedText { get; init; } = true;

    internal int PagesFor(Llama model)
    {
        if (Pages > 0)
        {
            return Pages;
        }

        KvLayout onePage = model.CacheLayout(1);
        int longest = (model.Limits.ContextLength + onePage.PageSize - 1) / onePage.PageSize;
        return (int)Math.Clamp(CacheBytes / onePage.PageBytes, 1, (long)longest * model.Limits.Sequences);
    }
}
