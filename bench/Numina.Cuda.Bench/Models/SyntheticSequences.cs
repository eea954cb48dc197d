using Numina.Cuda.Backends;
using Numina.Cuda.Model;

namespace Numina.Cuda.Bench.Models;

/// <summary>Sequences of random tokens that step together through a model, each on pages of its own behind those that all share.</summary>
internal sealed class SyntheticSequences : IDisposable
{
    private readonly Llama _llama;
    private readonly KvCache _cache;
    private readonly int[][] _pages;
    private readonly int _sharedTokens;
    private readonly Random _random = new(7);

    /// <param name="llama">The model.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="longest">The most tokens that a sequence will have.</param>
    /// <param name="shared">First tokens that are the same for all; only whole pages can be shared.</param>
    public SyntheticSequences(Llama llama, int sequences, int longest, int shared)
    {
        int pageSize = llama.Limits.PageSize, sharedPages = shared / pageSize, own = (longest + pageSize - 1) / pageSize - sharedPages;
        _llama = llama;
        _sharedTokens = sharedPages * pageSize;
        _cache = new KvCache(llama.Backend, llama.CacheLayout(sharedPages + sequences * own));
        _pages = [.. Enumerable.Range(0, sequences).Select(s => Enumerable.Range(0, sharedPages).Concat(Enumerable.Range(sharedPages + s * own, own)).ToArray())];
        Groups = sharedPages > 0 ? [new PrefixGroup(0, sequences, sharedPages)] : [];
    }

    /// <summary>Tokens of every sequence. Setting it back forgets the later ones.</summary>
    public int Length { get; set; }

    /// <summary>Tokens whose keys and values exist once for all sequences.</summary>
    public int SharedTokens => _sharedTokens;

    private IReadOnlyList<PrefixGroup> Groups { get; }

    /// <summary>Computes the first <paramref name="tokens"/> tokens of every sequence, in as many steps as it takes; shared ones once.</summary>
    public void Fill(int tokens)
    {
        while (Length < tokens)
        {
            bool shared = Length < _sharedTokens;
            int count = Math.Min((shared ? _sharedTokens : tokens) - Length, _llama.Limits.TokensPerStep);
            Length += count;
            Forward(shared ? _pages[..1] : _pages, count, LogitRows.None);
        }
    }

    /// <summary>Appends <paramref name="tokens"/> tokens to every sequence, with logits of the last.</summary>
    public void Step(int tokens)
    {
        Length += tokens;
        Forward(_pages, tokens, LogitRows.Last);
    }

    public void Dispose() => _cache.Dispose();

    private void Forward(int[][] sequences, int tokens, LogitRows logits)
    {
        // More than a step's tokens go through in parts, as the engine would put them.
        int perStep = Math.Max(1, _llama.Limits.TokensPerStep / tokens), vocabulary = _llama.Config.VocabularySize;
        foreach (int[][] part in sequences.Chunk(perStep))
        {
            SequenceStep[] steps = [.. part.Select(pages => new SequenceStep
            {
                Tokens = Enumerable.Range(0, tokens).Select(_ => _random.Next(Math.Min(1000, vocabulary / 2), vocabulary)).ToArray(),
                ContextLength = Length,
                Pages = pages,
                Logits = logits,
            })];
            _llama.Forward(new ForwardBatch(steps, part.Length == _pages.Length ? Groups : []), _cache);
        }
    }
}
