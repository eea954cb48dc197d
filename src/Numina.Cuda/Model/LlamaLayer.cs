using Numina.Cuda.Backends;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>
/// One decoder layer's weights on the device. q, k, v and gate, up are stacked, so that each takes one pass over its input. The norms write their output, and gate and up
/// their features, in the order that the weight behind them chose; attention writes as it is.
/// </summary>
internal sealed class LlamaLayer : IDisposable
{
    public LlamaLayer(IBackend backend, LayerWeights weights, ModelConfig config)
    {
        int attentionWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;
        var chooses = new LinearOrder { ChoosesInput = true };
        AttentionNorm = new NormWeight(backend, weights.InputNorm);
        QueryKeyValue = Linear.Load(backend, config.HiddenSize, attentionWidth + 2 * kvWidth, chooses, weights.Query, weights.Key, weights.Value);
        Output = Linear.Load(backend, attentionWidth, config.HiddenSize, default, weights.Output);
        MlpNorm = new NormWeight(backend, weights.PostAttentionNorm);
        Down = Linear.Load(backend, config.IntermediateSize, config.HiddenSize, chooses, weights.Down);
        GateUp = Linear.Load(backend, config.HiddenSize, 2 * config.IntermediateSize, chooses with { Reader = Down }, weights.Gate, weights.Up);
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
