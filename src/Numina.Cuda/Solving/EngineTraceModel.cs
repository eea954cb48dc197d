using System.Text;
using Numina.Cuda.Backends;
using Numina.Cuda.Engine;
using Numina.Cuda.Text;

namespace Numina.Cuda.Solving;

/// <summary>How traces draw their tokens.</summary>
public sealed record TraceSampling
{
    public ulong Seed { get; init; } = 42;

    /// <summary>0 takes the most probable token: then all traces of a problem are the same.</summary>
    public float Temperature { get; init; } = 0.8f;

    public int TopK { get; init; }

    public float TopP { get; init; } = 1;

    public float MinP { get; init; }

    public float RepetitionPenalty { get; init; } = 1;
}

/// <summary>
/// The engine as traces see it. Noise is drawn from a stream of its own for each (seed, problem, sample, generation), so a trace does not depend on what else runs.
/// </summary>
/// <param name="engine">Generates. Not owned.</param>
/// <param name="tokenizer">The model's.</param>
/// <param name="sampling">How tokens are drawn.</param>
public sealed class EngineTraceModel(Engine.Engine engine, Tokenizer tokenizer, TraceSampling sampling) : ITraceModel
{
    public ITraceSession Open(TraceKey key, string prompt)
    {
        NoiseKey noise = new(sampling.Seed, Number(key.Problem), checked((ushort)key.Sample), checked((ushort)key.Generation));
        return new TraceSession(engine.Open(tokenizer.Encode(prompt), noise), sampling);
    }

    /// <summary>A problem's identity as the noise has it: its number, or a hash (FNV-1a) of a name that is none.</summary>
    internal static uint Number(string problem)
    {
        if (uint.TryParse(problem, out uint number))
        {
            return number;
        }

        uint hash = 2166136261;
        foreach (byte unit in Encoding.UTF8.GetBytes(problem))
        {
            hash = (hash ^ unit) * 16777619;
        }

        return hash;
    }

    private sealed class TraceSession(Session session, TraceSampling sampling) : ITraceSession
    {
        public async Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel)
        {
            int before = session.Tokens.Count;
            string[] dropped = [.. options.Stops.Where(stop => !stop.Kept).Select(stop => stop.Text)];
            HeldText? held = onText == null ? null : new HeldText(onText, dropped);
            GenerationOptions generation = new()
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
            Generation written = await session.GenerateAsync(generation, held == null ? null : held.Add, cancel).ConfigureAwait(false);
            session.Noise = session.Noise with { Generation = checked((ushort)(session.Noise.Generation + 1)) };
            string text = KeepOrDrop(written, before, dropped.FirstOrDefault(written.Text.EndsWith));
            held?.Finish(text.Length);
            return new Completion(text, written.Drawn, ReasonOf(written.Reason, cancel));
        }

        public void Append(string text) => session.Append(text);

        public void Dispose() => session.Dispose();

        /// <summary>The engine keeps all stop texts or none; one that is to go is taken out of text and tokens here.</summary>
        private string KeepOrDrop(Generation written, int before, string? dropped)
        {
            if (written.Reason != FinishReason.Stop || dropped == null)
            {
                return written.Text;
            }

            string text = written.Text[..^dropped.Length];
            session.Rewind(before);
            session.Append(text);
            return text;
        }

        private static CompletionReason ReasonOf(FinishReason reason, CancellationToken cancel) => reason switch
        {
            FinishReason.Stop => CompletionReason.Stop,
            FinishReason.EndOfSequence => CompletionReason.End,
            FinishReason.Length => CompletionReason.Length,
            FinishReason.ContextFull => CompletionReason.ContextFull,
            _ => throw new OperationCanceledException("the generation was cancelled", cancel),
        };
    }

    /// <summary>Passes pieces on, but for what may be the beginning of a stop text that is to be dropped.</summary>
    private sealed class HeldText(Action<string> onText, IReadOnlyList<string> dropped)
    {
        private readonly StopTexts _stops = new(dropped);
        private string _held = "";
        private int _told;

        public void Add(string piece)
        {
            _held += piece;
            Tell(_stops.Find(_held) is { } stop ? stop.Start.Value : _held.Length - _stops.Undecided(_held));
        }

        /// <summary>Tells what is left of a text of this length.</summary>
        public void Finish(int length) => Tell(length - _told);

        private void Tell(int decided)
        {
            if (decided > 0)
            {
                onText(_held[..decided]);
                _told += decided;
                _held = _held[decided..];
            }
        }
    }
}
