using System.Diagnostics;
using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Text;

namespace Numina.Cuda.Engine;

/// <summary>
/// Continues many sessions at once on one model. A thread of its own repeats: schedule, forward, sample, commit. What a session generates depends on its tokens, options
/// and noise alone: not on the other sessions, on timing, or on how often it lost its pages. Owns the key-value cache, not the model.
/// </summary>
public sealed class Engine : IAsyncDisposable
{
    private readonly Llama _llama;
    private readonly Tokenizer _tokenizer;
    private readonly KvCache _cache;
    private readonly Sequences _sequences;
    private readonly Sampler _sampler;
    private readonly Task _loop;

    /// <summary>Allocates the key-value cache and starts. Nothing else may use the model, or its backend, until the engine is disposed.</summary>
    public Engine(Llama model, Tokenizer tokenizer, EngineOptions options)
    {
        (_llama, _tokenizer) = (model, tokenizer);
        int pages = options.PagesFor(model);
        ContextLimit = (int)Math.Min(model.Limits.ContextLength, (long)pages * model.Limits.PageSize);
        _cache = new KvCache(model.Backend, model.CacheLayout(pages));
        _sequences = new Sequences(new PageTables(pages, model.Limits.PageSize), model.Limits, options.ShareGeneratedText);
        _sampler = new Sampler(model.Backend, model.Limits.Sequences);
        _loop = Task.Factory.StartNew(Loop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The most tokens of a session: the model's context, or what the cache holds when that is less.</summary>
    public int ContextLimit { get; }

    /// <summary>Counts so far.</summary>
    public EngineMetrics Metrics => _sequences.Metrics;

    /// <summary>
    /// Opens a session whose first tokens are <paramref name="prompt"/>; computing waits for the first generation. Throws <see cref="ArgumentException"/> for an empty
    /// prompt and for tokens outside the vocabulary.
    /// </summary>
    public Session Open(IReadOnlyList<int> prompt, NoiseKey noise)
    {
        int[] tokens = [.. prompt];
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length, nameof(prompt));
        CheckTokens(tokens);
        return new Session(this, _sequences, _sequences.Open(tokens, _llama.Rope.EffectiveLength(tokens.Length)), noise);
    }

    /// <summary>Ends running generations as cancelled, stops the thread and frees the cache.</summary>
    public async ValueTask DisposeAsync()
    {
        _sequences.Stop(failure: null);
        await _loop.ConfigureAwait(false);
        _cache.Dispose();
    }

    internal int[] Encode(string text) => _tokenizer.Encode(text, addSpecialTokens: false);

    /// <summary>Adds tokens to a parked sequence.</summary>
    internal void Append(Sequence sequence, ReadOnlySpan<int> tokens)
    {
        CheckTokens(tokens);
        _sequences.Append(sequence, tokens, _llama.Rope.EffectiveLength(sequence.Tokens.Count + tokens.Length));
    }

    /// <summary>Starts to continue a parked sequence, unless there is nothing to do.</summary>
    internal ActiveGeneration Start(Sequence sequence, NoiseKey noise, GenerationOptions options, Action<string>? onText)
    {
        var generation = new ActiveGeneration(sequence, options, noise, _tokenizer, _llama.Rope, onText);
        if (sequence.Tokens.Count >= ContextLimit)
        {
            generation.Finish(FinishReason.ContextFull);
        }
        else if (options.MaxNewTokens == 0)
        {
            generation.Finish(FinishReason.Length);
        }
        else
        {
            _sequences.Start(sequence, generation);
        }

        return generation;
    }

    private void Loop()
    {
        try
        {
            for (Work work = _sequences.Wait(); work.Batch != null || work.Cancelled.Count > 0; work = _sequences.Wait())
            {
                foreach (Sequence sequence in work.Cancelled)
                {
                    End(sequence, FinishReason.Cancelled);
                }

                if (work.Batch is { } batch)
                {
                    Step(batch);
                }
            }
        }
        catch (Exception failure)
        {
            // Whatever a step threw: every caller that waits hears of it, and every later one.
            Fail(failure);
        }
    }

    private void Step(Batch batch)
    {
        long start = Stopwatch.GetTimestamp();
        ForwardBatch arranged = batch.Arrange();
        Sequence[] drawing = [.. batch.Entries.Where(entry => entry.Draws).Select(entry => entry.Sequence)];
        ReadOnlySpan<SampledToken> sampled = Compute(batch.Copies, arranged, drawing);
        _sequences.Commit(batch, Stopwatch.GetTimestamp() - start);
        for (int i = 0; i < drawing.Length; i++)
        {
            Accept(drawing[i], sampled[i]);
        }
    }

    /// <summary>The part of a step that the backend computes. A device that fails knows its kernel but not the batch, so that is said here.</summary>
    private ReadOnlySpan<SampledToken> Compute(List<PageCopies> rounds, ForwardBatch batch, Sequence[] drawing)
    {
        try
        {
            foreach (PageCopies copies in rounds)
            {
                _llama.Backend.CopyPages(_cache, copies.From.ToArray(), copies.To.ToArray());
            }

            return _sampler.Sample(_llama.Forward(batch, _cache), drawing);
        }
        catch (Exception cause)
        {
            throw new EngineException($"{batch.Summary} failed: {cause.Message}", cause);
        }
    }

    private void Accept(Sequence sequence, SampledToken sampled)
    {
        ActiveGeneration generation = sequence.Generation!;
        if (generation.Accept(sampled, _llama.Config.EosTokens, ContextLimit) is { } reason)
        {
            End(sequence, reason);
        }
        else if (!generation.TryTell())
        {
            End(sequence, FinishReason.Cancelled);
        }
    }

    private void End(Sequence sequence, FinishReason reason) => _sequences.Park(sequence).Finish(reason);

    private void Fail(Exception failure)
    {
        _sequences.Stop(failure);
        foreach (Sequence sequence in _sequences.Wait().Cancelled)
        {
            _sequences.Park(sequence).Fail(failure);
        }
    }

    private void CheckTokens(ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)_llama.Config.VocabularySize)
            {
                throw new ArgumentException($"token {token} is outside the model's vocabulary of {_llama.Config.VocabularySize}", nameof(tokens));
            }
        }
    }
}
