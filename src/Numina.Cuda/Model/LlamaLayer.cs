using Numina.Cuda.Backends;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>One decoder layer's weights on the device. q, k, v and gate, up are stacked, so that each takes one pass over its input.</summary>
internal sealed class LlamaLayer : IDisposable
{
    public LlamaLayer(IBackend backend, LayerWeights weights, ModelConfig config)
    {
        int attentionWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;
        AttentionNorm = new NormWeight(backend, weights.InputNorm);
        QueryKeyValue = Linear.Load(backend, config.HiddenSize, attentionWidth + 2 * kvWidth, weights.Query, weights.Key, weights.Value);
        Output = Linear.Load(backend, attentionWidth, config.HiddenSize, weights.Output);
        MlpNorm = new NormWeight(backend, weights.PostAttentionNorm);
        GateUp = Linear.Load(backend, config.HiddenSize, 2 * config.IntermediateSize, weights.Gate, weights.Up);
        Down = Linear.Load(backend, config.IntermediateSize, config.HiddenSize, weights.Down);
    }

    public NormWeight AttentionNorm { get; }

    public LinearWeight QueryKeyValue { get; }

    public LinearWeight Output { get; }

    public NormWeight MlpNorm { get; }

    public LinearWeight GateUp { get; }

    public LinearWeight Down { get; }

    /// <summary>Bytes that a pass over the layer's weights reads.</summary>
    public long ByteLength => QueryKeyValue.ByteLength + Output.ByteLength + GateUp.ByteLength + Down.ByteLength;

    public void Dispose()
    {
        AttentionNorm.Dispose();
        QueryKeyValue.Dispose();
        Output.Dispose();
        MlpNorm.Dispose();
        GateUp.Dispose();
        Down.Dispose();
    }
}
