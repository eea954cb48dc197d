using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Engine;

/// <summary>Draws one token for each sequence of a step that has all its tokens computed.</summary>
internal sealed class Sampler(IBackend backend, int sequences)
{
    private readonly SamplingRow[] _rows = new SamplingRow[sequences];
    private readonly SampledToken[] _sampled = new SampledToken[sequences];

    /// <summary>Waits for the step. One token for each row of <paramref name="logits"/> [R, V]; valid until the next call.</summary>
    public ReadOnlySpan<SampledToken> Sample(Tensor logits, ReadOnlySpan<Sequence> drawing)
    {
        for (int i = 0; i < drawing.Length; i++)
        {
            _rows[i] = Row(drawing[i], drawing[i].Generation!);
        }

        Span<SampledToken> sampled = _sampled.AsSpan(0, drawing.Length);
        if (drawing.Length > 0)
        {
            backend.Sample(logits, _rows.AsSpan(0, drawing.Length), sampled);
        }

        return sampled;
    }

    private static SamplingRow Row(Sequence sequence, ActiveGeneration generation)
    {
        GenerationOptions options = generation.Options;
        return new SamplingRow
        {
            Temperature = options.Temperature,
            TopK = options.TopK,
            TopP = options.TopP,
            MinP = options.MinP,
            RepetitionPenalty = options.RepetitionPenalty,
            History = options.RepetitionPenalty == 1 ? default : sequence.Tokens.Memory,
            Position = sequence.Tokens.Count,
            Noise = generation.Noise,
        };
    }
}
