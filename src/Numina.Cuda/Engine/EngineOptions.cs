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

    /// <summary>Bytes of cache that one sequence of the model's whole context takes.</summary>
    public static long BytesPerSequence(Llama model) => PagesPerSequence(model) * model.CacheLayout(1).PageBytes;

    internal int PagesFor(Llama model)
    {
        if (Pages > 0)
        {
            return Pages;
        }

        return (int)Math.Clamp(CacheBytes / model.CacheLayout(1).PageBytes, 1, PagesPerSequence(model) * model.Limits.Sequences);
    }

    private static long PagesPerSequence(Llama model) => (model.Limits.ContextLength + model.Limits.PageSize - 1) / model.Limits.PageSize;
}
