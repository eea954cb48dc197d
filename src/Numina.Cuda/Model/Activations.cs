using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>The activations of a step, allocated once for the largest one. <see cref="For"/> cuts them to a step's tokens.</summary>
internal sealed class Activations : IDisposable
{
    private readonly List<Buffer> _buffers = [];
    private readonly Tensor _residual, _normed, _delta, _queryKeyValue, _attended, _gateUp, _activated, _gathered, _logits;

    public Activations(IBackend backend, ModelConfig config, LlamaLimits limits)
    {
        int attentionWidth = config.Heads * config.HeadDim;
        DType type = backend.ActivationType;
        _residual = Allocate(limits.TokensPerStep, config.HiddenSize, type);
        _normed = Allocate(limits.TokensPerStep, config.HiddenSize, type);
        _delta = Allocate(limits.TokensPerStep, config.HiddenSize, type);
        _queryKeyValue = Allocate(limits.TokensPerStep, attentionWidth + 2 * config.KvHeads * config.HeadDim, type);
        _attended = Allocate(limits.TokensPerStep, attentionWidth, type);
        _gateUp = Allocate(limits.TokensPerStep, 2 * config.IntermediateSize, type);
        _activated = Allocate(limits.TokensPerStep, config.IntermediateSize, type);
        _gathered = Allocate(limits.LogitRows, config.HiddenSize, type);
        _logits = Allocate(limits.LogitRows, config.VocabularySize, DType.F32);

        Tensor Allocate(long rows, long width, DType elements)
        {
            Buffer buffer = backend.Allocate(rows * width * elements.ByteSize());
            _buffers.Add(buffer);
            return buffer.View(elements, new Shape(rows, width));
        }
    }

    public StepActivations For(int tokens, int logitRows) => new(
        _residual.Rows(0, tokens), _normed.Rows(0, tokens), _delta.Rows(0, tokens), _queryKeyValue.Rows(0, tokens), _attended.Rows(0, tokens),
        _gateUp.Rows(0, tokens), _activated.Rows(0, tokens), _gathered.Rows(0, logitRows), _logits.Rows(0, logitRows));

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
}

/// <summary>Activations of T tokens and R rows of logits.</summary>
/// <param name="Residual">[T, H], the residual stream.</param>
/// <param name="Normed">[T, H]</param>
/// <param name="Delta">[T, H], what a block adds to the residual stream.</param>
/// <param name="QueryKeyValue">[T, (heads + 2 kvHeads) * headDim]</param>
/// <param name="Attended">[T, heads * headDim]</param>
/// <param name="GateUp">[T, 2 I]</param>
/// <param name="Activated">[T, I]</param>
/// <param name="Gathered">[R, H]</param>
/// <param name="Logits">[R, V] F32</param>
internal readonly record struct StepActivations(
    Tensor Residual, Tensor Normed, Tensor Delta, Tensor QueryKeyValue, Tensor Attended, Tensor GateUp, Tensor Activated, Tensor Gathered, Tensor Logits);
