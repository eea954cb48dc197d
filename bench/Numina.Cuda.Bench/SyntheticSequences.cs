using Numina.Cuda.Backends;
using Numina.Cuda.Model;

namespace Numina.Cuda.Bench;

/// <summary>Sequences of random tokens that step together through a model, each on pages of its own.</summary>
internal sealed class SyntheticSequences : IDisposable
{
    private readonly Llama _llama;
    private readonly KvCache _cache;
    private readonly int[][] _pages;
    private readonly Random _random = new(7);
    private int _length;

    public SyntheticSequences(Llama llama, int sequences, int context)
    {
        int pages = context / llama.Limits.PageSize;
        _llama = llama;
        _cache = new KvCache(llama.Backend, llama.CacheLayout(sequences * pages));
        _pages = [.. Enumerable.Range(0, sequences).Select(s => Enumerable.Range(s * pages, pages).ToArray())];
    }

    /// <summary>Appends <paramref name="tokens"/> tokens to every sequence, with logits of the last.</summary>
    public void Step(int tokens)
    {
        _length += tokens;
        // More than a step's tokens go through in parts, as the engine would put them.
        int perStep = Math.Max(1, _llama.Limits.TokensPerStep / tokens);
        foreach (int[][] part in _pages.Chunk(perStep))
        {
            SequenceStep[] steps = [.. part.Select(pages => new SequenceStep
            {
                Tokens = Enumerable.Range(0, tokens).Select(_ => _random.Next(1000, _llama.Config.VocabularySize)).ToArray(),
                ContextLength = _length,
                Pages = pages,
                Logits = LogitRows.Last,
            })];
            _llama.Forward(new ForwardBatch(steps, []), _cache);
        }
    }

    public void Dispose() => _cache.Dispose();
}
