using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.References;

namespace Numina.Cuda.Tests.Engine;

/// <summary>Computes as the reference does, but draws what a script says: its tokens in turn, and token 0 behind its end.</summary>
/// <param name="start">Position of the script's first token.</param>
/// <param name="script">For each trace its tokens.</param>
internal sealed class ScriptedBackend(int start, params int[][] script) : ReferenceBackend
{
    /// <summary>Called in every draw, before it.</summary>
    public Action? Drawing { get; set; }

    public override void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<SampledToken> sampled)
    {
        Drawing?.Invoke();
        for (int i = 0; i < rows.Length; i++)
        {
            int[] tokens = script[rows[i].Noise.Trace];
            int at = rows[i].Position - start;
            sampled[i] = new SampledToken(at < tokens.Length ? tokens[at] : 0, -at);
        }
    }
}
