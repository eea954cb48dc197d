using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>One decoder layer's weights on the device. q, k, v and gate, up are stacked, so that each takes one pass over its input.</summary>
internal sealed class LlamaLayer : IDisposable
{
    public LlamaLayer(IBackend backend, LlamaLayerWeights weights, ModelConfig config, int index)
    {
        int attentionWidth = config.Heads * config.HeadDim, kvWidth = config.KvHeads * config.HeadDim;
        AttentionNorm = new NormWeight(backend, weights.AttentionNorm);
        QueryKeyValue = Load(weights.QueryKeyValue, config.HiddenSize, attentionWidth + 2 * kvWidth, "q, k, v");
        Output = Load(weights.Output, attentionWidth, config.HiddenSize, "attention output");
        MlpNorm = new NormWeight(backend, weights.MlpNorm);
        GateUp = Load(weights.GateUp, config.HiddenSize, 2 * config.IntermediateSize, "gate, up");
        Down = Load(weights.Down, config.IntermediateSize, config.HiddenSize, "down");

        LinearWeight Load(LinearSource source, int inFeatures, int outFeatures, string name)
        {
            LinearWeight loaded = backend.LoadLinear(source.Parts, source.Bias);
            return loaded.InFeatures == inFeatures && loaded.OutFeatures == outFeatures
                ? loaded
                : throw new ArgumentException(
                    $"layer {index}: {name}: expected [{outFeatures}, {inFeatures}], found [{loaded.OutFeatures}, {loaded.InFeatures}]", nameof(weights));
        }
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
