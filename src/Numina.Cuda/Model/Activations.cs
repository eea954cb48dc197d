using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>The activations of a step, allocated once for the largest one. <see cref="For"/> cuts them to a step's tokens.</summary>
internal sealed class Activations : IDisposable
{
    private readonly IBackend _backend;
    private readonly List<Buffer> _buffers = [];
    private readonly int _hidden;
    private readonly Tensor _residual, _delta, _queryKeyValue, _attended, _gathered, _logits;
    private readonly Buffer _normed, _gateUp, _activated;

    public Activations(IBackend backend, ModelConfig config, LlamaLimits limits, IReadOnlyList<LlamaLayer> layers)
    {
        _backend = backend;
        _hidden = config.HiddenSize;
        int attentionWidth = config.Heads * config.HeadDim;
        DType type = backend.ActivationType;
        _residual = Allocate(limits.TokensPerStep, config.HiddenSize, type);
        _delta = Allocate(limits.TokensPerStep, config.HiddenSize, type);
        _queryKeyValue = Allocate(limits.TokensPerStep, attentionWidth + 2 * config.KvHeads * config.HeadDim, type);
        _attended = Allocate(limits.TokensPerStep, attentionWidth, type);
        _gathered = Allocate(limits.LogitRows, config.HiddenSize, type);
        _logits = Allocate(limits.LogitRows, config.VocabularySize, DType.F32);
        _normed = Reserve(Math.Max(config.HiddenSize, layers.Max(layer => Math.Max(layer.QueryKeyValue.InputWidth, layer.GateUp.InputWidth))));
        _gateUp = Reserve(layers.Max(layer => layer.GateUp.OutFeatures));
        _activated = Reserve(layers.Max(layer => layer.Down.InputWidth));

        Tensor Allocate(long rows, long width, DType elements) => Own(backend.Allocate(rows * width * elements.ByteSize())).View(elements, new Shape(rows, width));

        Buffer Reserve(long width) => Own(backend.Allocate(limits.TokensPerStep * width * type.ByteSize()));
    }

    public StepActivations For(int tokens, int logitRows) => new(this, tokens, logitRows);

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private Buffer Own(Buffer buffer)
    {
        _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Activations of T tokens and R rows of logits. What a weight reads or writes is as wide as that weight wants it.</summary>
    internal readonly struct StepActivations(Activations all, int tokens, int logitRows)
    {
        /// <summary>[T, H], the residual stream.</summary>
        public Tensor Residual => all._residual.Rows(0, tokens);

        /// <summary>[T, H], what a block adds to the residual stream.</summary>
        public Tensor Delta => all._delta.Rows(0, tokens);

        /// <summary>[T, (heads + 2 kvHeads) * headDim]</summary>
        public Tensor QueryKeyValue => all._queryKeyValue.Rows(0, tokens);

        /// <summary>[T, heads * headDim]</summary>
        public Tensor Attended => all._attended.Rows(0, tokens);

        /// <summary>[R, H]</summary>
        public Tensor Gathered => all._gathered.Rows(0, logitRows);

        /// <summary>[R, V] F32</summary>
        public Tensor Logits => all._logits.Rows(0, logitRows);

        /// <summary>[T, reader.InputWidth]; [T, H] for no reader.</summary>
        public Tensor Normed(LinearWeight? reader) => Cut(all._normed, reader?.InputWidth ?? all._hidden);

        /// <summary>[T, weight.OutFeatures]</summary>
        public Tensor GateUp(LinearWeight weight) => Cut(all._gateUp, weight.OutFeatures);

        /// <summary>[T, reader.InputWidth]</summary>
        public Tensor Activated(LinearWeight reader) => Cut(all._activated, reader.InputWidth);

        private Tensor Cut(Buffer buffer, int width) => buffer.View(all._backend.ActivationType, new Shape(tokens, width));
    }
}
