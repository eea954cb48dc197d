using Numina.Cuda.Backends;
using Numina.Cuda.Engine;
using Numina.Cuda.Text;

namespace Numina.Cuda.Solving;

/// <summary>How the traces' tokens are drawn, whatever the trace.</summary>
public sealed record TraceSampling
{
    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>0 takes the most probable token.</summary>
    public float Temperature { get; init; } = 0.8f;

    public int TopK { get; init; }

    public float TopP { get; init; } = 1;

    public float MinP { get; init; }

    public float RepetitionPenalty { get; init; } = 1;
}

/// <summary>Traces written by the engine. Traces of one problem share their prompt's pages; a trace's tokens are continued, never encoded again.</summary>
/// <param name="engine">Not owned.</param>
/// <param name="tokenizer">Encodes prompts, special tokens as its post-processor adds them.</param>
/// <param name="sampling">How tokens are drawn.</param>
public sealed class EngineTraceModel(Engine.Engine engine, Tokenizer tokenizer, TraceSampling sampling) : ITraceModel
{
    public ITraceSession Open(TraceKey key, string prompt)
    {
        var noise = new NoiseKey(sampling.Seed, ProblemNumber(key.Problem), checked((ushort)key.Sample), checked((ushort)key.Attempt));
        return new EngineTraceSession(engine.Open(tokenizer.Encode(prompt), noise), sampling);
    }

    /// <summary>The number that names a problem in the noise: itself where the identity is a row number, else a hash of it (FNV-1a), the same in every run.</summary>
    private static uint ProblemNumber(string identity)
    {
        if (uint.TryParse(identity, out uint row))
        {
            return row;
        }

        uint hash = 2166136261;
        foreach (char unit in identity)
        {
            hash = (hash ^ unit) * 16777619;
        }

        return hash;
    }

    private sealed class EngineTraceSession(Session session, TraceSampling sampling) : ITraceSession
    {
        public async Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel)
        {
            var drawing = new GenerationOptions
            {
                Temperature = sampling.Temperature,
                TopK = sampling.TopK,
                TopP = sampling.TopP,
                MinP = sampling.MinP,
                RepetitionPenalty = sampling.RepetitionPenalty,
                MaxNewTokens = options.MaxNewTokens,
                Stop = [.. options.Stops.Select(stop => stop.Text)],
                IncludeStop = true,
            };
            Generation generation = await session.GenerateAsync(drawing, onText, cancel).ConfigureAwait(false);
            session.Noise = session.Noise with { Generation = checked((ushort)(session.Noise.Generation + 1)) };
            return generation.Reason == FinishReason.Cancelled
                ? throw new OperationCanceledException(cancel)
                : new Completion(WithoutDroppedStop(generation, options.Stops), generation.Drawn, ReasonOf(generation.Reason));
        }

        public void Append(string text) => session.Append(text);

        public void Dispose() => session.Dispose();

        /// <summary>The engine keeps all stop texts or none; a trace wants to keep some. One that is dropped ends the trace, so its tokens may stay.</summary>
        private static string WithoutDroppedStop(Generation generation, IReadOnlyList<StopText> stops)
        {
            StopText? dropped = generation.Reason == FinishReason.Stop
                ? stops.FirstOrDefault(stop => !stop.Kept && generation.Text.EndsWith(stop.Text, StringComparison.Ordinal))
                : null;
            return dropped is null ? generation.Text : generation.Text[..^dropped.Text.Length];
        }

        private static CompletionReason ReasonOf(FinishReason reason) => reason switch
        {
            FinishReason.Stop => CompletionReason.Stop,
            FinishReason.EndOfSequence => CompletionReason.End,
            FinishReason.Length => CompletionReason.Length,
            FinishReason.ContextFull => CompletionReason.ContextFull,
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "no way for a completion to end"),
        };
    }
}
