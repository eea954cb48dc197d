using Numina.Cuda.Backends;

namespace Numina.Cuda.Engine;

/// <summary>
/// A text that a model continues, and the keys and values of its tokens. While nothing is generated it is parked: it costs no time, and its pages are taken only when
/// others need them (they are computed again later). One caller at a time; different sessions may be used from different threads.
/// </summary>
public sealed class Session : IDisposable
{
    private readonly Engine _engine;
    private readonly Sequences _sequences;
    private readonly Sequence _sequence;

    internal Session(Engine engine, Sequences sequences, Sequence sequence, NoiseKey noise) =>
        (_engine, _sequences, _sequence, Noise) = (engine, sequences, sequence, noise);

    /// <summary>Prompt, appended and generated tokens. Don't read them while a generation runs.</summary>
    public IReadOnlyList<int> Tokens => _sequence.Tokens;

    /// <summary>Names the noise of the next generation.</summary>
    public NoiseKey Noise { get; set; }

    /// <summary>Adds tokens. Throws while a generation runs, and for tokens outside the vocabulary.</summary>
    public void Append(ReadOnlySpan<int> tokens) => _engine.Append(_sequence, tokens);

    /// <summary>Adds a text, tokenised alone and without special tokens.</summary>
    public void Append(string text) => _engine.Append(_sequence, _engine.Encode(text));

    /// <summary>Drops the tokens behind the first <paramref name="tokenCount"/>, at least one; keys and values of the rest are kept.</summary>
    public void Rewind(int tokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenCount, 1);
        _sequences.Rewind(_sequence, tokenCount);
    }

    /// <summary>A session with the same tokens that shares this one's pages until either writes to them.</summary>
    public Session Fork(NoiseKey noise) => new(_engine, _sequences, _sequences.Fork(_sequence), noise);

    /// <summary>
    /// Continues the text. Cancelling ends it with <see cref="FinishReason.Cancelled"/> and the text so far; a full context with
    /// <see cref="FinishReason.ContextFull"/>. Fails with an <see cref="EngineException"/> when a step does, or with what <paramref name="onText"/> throws.
    /// </summary>
    /// <param name="options">How to draw and when to end.</param>
    /// <param name="onText">Hears the text piece by piece as it is decided, on the engine's thread: it must return soon and must not wait for the engine.</param>
    /// <param name="cancel">Ends the generation early.</param>
    public async Task<Generation> GenerateAsync(GenerationOptions options, Action<string>? onText = null, CancellationToken cancel = default)
    {
        options.Validate();
        ActiveGeneration generation = _engine.Start(_sequence, Noise, options, onText);
        await using CancellationTokenRegistration registration = cancel.Register(() => _sequences.Cancel(generation));
        return await generation.Completion.ConfigureAwait(false);
    }

    /// <summary>Frees the pages. A running generation ends as cancelled.</summary>
    public void Dispose() => _sequences.Close(_sequence);
}
