using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Model;

/// <summary>Sees the hidden states of a step as they are computed: "embed", "layer.0" …, "norm", each [T, H] in device memory, valid during the call.</summary>
public delegate void LayerObserver(string name, Tensor states);

/// <summary>
/// The Llama decoder (Llama, Mistral, Qwen2) over a paged key-value cache. Computes any mix of prompt chunks and single tokens of many sequences in one step;
/// a sequence's results don't depend on the others. One thread at a time. Owns its weights, not the backend.
/// </summary>
public sealed class Llama : IDisposable
{
    private readonly Buffer _embedding;
    private readonly LlamaLayer[] _layers;
    private readonly NormWeight _norm;
    private readonly LinearWeight _head;
    private readonly RopeRows _ropeRows;
    private readonly StepInputs _inputs;
    private readonly Activations _activations;
    private readonly Tensor _embeddingTable;

    /// <summary>
    /// Loads every weight onto the backend: a checkpoint's, or weights made in memory. The embedding's memory must outlive the model.
    /// <paramref name="progress"/> hears layers loaded and their number.
    /// </summary>
    public Llama(IBackend backend, ModelConfig config, ModelWeights weights, LlamaLimits? limits = null, Action<int, int>? progress = null)
    {
        Backend = backend;
        Config = config;
        Rope = new RopeTable(config);
        Limits = Resolve(limits ?? new LlamaLimits(), config);
        _embedding = backend.LoadTable(weights.Embedding);
        _embeddingTable = _embedding.View(weights.Embedding.Type, weights.Embedding.Shape);
        _layers = [.. LoadLayers(weights, progress)];
        _norm = new NormWeight(backend, weights.FinalNorm);
        _head = Linear.Load(backend, config.HiddenSize, config.VocabularySize, default, weights.Head);
        _ropeRows = new RopeRows(backend, Rope, Limits);
        _inputs = new StepInputs(backend, Limits);
        _activations = new Activations(backend, config, Limits, _layers);
    }

    public IBackend Backend { get; }

    public ModelConfig Config { get; }

    /// <summary>With every default resolved: no value is 0.</summary>
    public LlamaLimits Limits { get; }

    public RopeTable Rope { get; }

    /// <summary>Bytes of weights that a decode step reads: all linear layers, the head included.</summary>
    public long WeightBytes => _layers.Sum(layer => layer.ByteLength) + _head.ByteLength;

    /// <summary>The layout of a key-value cache for this model.</summary>
    public KvLayout CacheLayout(int pages) => new(Config.Layers, pages, Limits.PageSize, Config.KvHeads, Config.HeadDim, Backend.KvType);

    /// <summary>The most tokens of a sequence that a checkpoint's positions and rope scaling allow.</summary>
    public static int ContextOf(ModelConfig config)
    {
        RopeScaling rope = config.Rope;
        // As vLLM does: linear and dynamic scaling stretch the stated positions; the others state them already stretched.
        float positions = rope.Kind switch
        {
            RopeKind.Linear or RopeKind.Dynamic => config.MaxPositions * rope.Factor,
            RopeKind.Yarn => Math.Max(config.MaxPositions, rope.OriginalMaxPositions * rope.Factor),
            _ => config.MaxPositions,
        };
        return (int)positions;
    }

    /// <summary>Computes a step, stores its keys and values in the cache, and returns logits [R, V] F32 on the device, valid until the next step.</summary>
    public Tensor Forward(ForwardBatch batch, KvCache cache, LayerObserver? observer = null)
    {
        CheckFits(batch);
        _inputs.Write(batch, ropeRowsArePositions: !Rope.DependsOnLength);
        _ropeRows.Write(batch);
        AttentionBatch attention = _inputs.Attention;
        Activations.StepActivations x = _activations.For(batch.Tokens, batch.LogitRows);
        float scale = 1 / MathF.Sqrt(Config.HeadDim), epsilon = Config.NormEpsilon;

        Backend.Embed(_embeddingTable, _inputs.Tokens, x.Residual);
        observer?.Invoke("embed", x.Residual);
        Backend.RmsNorm(x.Residual, _layers[0].AttentionNorm.Tensor, epsilon, x.Normed(_layers[0].QueryKeyValue), _layers[0].QueryKeyValue);
        for (int i = 0; i < _layers.Length; i++)
        {
            LlamaLayer layer = _layers[i];
            Tensor keys = cache.Keys(i), values = cache.Values(i);
            Backend.MatMul(layer.QueryKeyValue, x.Normed(layer.QueryKeyValue), x.QueryKeyValue);
            Backend.RopeStoreKv(x.QueryKeyValue, Config.Heads, _ropeRows.Tensor, attention, keys, values);
            Backend.Attention(x.QueryKeyValue, Config.Heads, scale, keys, values, attention, x.Attended);
            Backend.MatMul(layer.Output, x.Attended, x.Delta);
            Backend.AddRmsNorm(x.Residual, x.Delta, layer.MlpNorm.Tensor, epsilon, x.Normed(layer.GateUp), layer.GateUp);
            Backend.MatMul(layer.GateUp, x.Normed(layer.GateUp), x.GateUp(layer.GateUp));
            Backend.SwiGlu(x.GateUp(layer.GateUp), x.Activated(layer.Down));
            Backend.MatMul(layer.Down, x.Activated(layer.Down), x.Delta);
            (NormWeight norm, LinearWeight? reader) = i + 1 < _layers.Length ? (_layers[i + 1].AttentionNorm, _layers[i + 1].QueryKeyValue) : (_norm, null);
            Backend.AddRmsNorm(x.Residual, x.Delta, norm.Tensor, epsilon, x.Normed(reader), reader);
            observer?.Invoke($"layer.{i}", x.Residual);
        }

        observer?.Invoke("norm", x.Normed(null));
        if (batch.LogitRows > 0)
        {
            Backend.GatherRows(x.Normed(null), _inputs.LogitRows, x.Gathered);
            Backend.MatMul(_head, x.Gathered, x.Logits);
        }

        return x.Logits;
    }

    public void Dispose()
    {
        _activations.Dispose();
        _inputs.Dispose();
        _ropeRows.Dispose();
        _head.Dispose();
        _norm.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
        _embedding.Dispose();
    }

    /// <summary>While a layer travels to the device and is repacked there, the next one, or the head behind the last, is read from disk.</summary>
    private IEnumerable<LlamaLayer> LoadLayers(ModelWeights weights, Action<int, int>? progress)
    {
        if (weights.Layers.Count != Config.Layers)
        {
            throw new ArgumentException($"expected {Config.Layers} layers, found {weights.Layers.Count}", nameof(weights));
        }

        for (int i = 0; i < Config.Layers; i++)
        {
            Task reading = ReadAhead.Begin(i + 1 < Config.Layers ? weights.Layers[i + 1].Stored : weights.Head.Matrix.Stored);
            try
            {
                yield return new LlamaLayer(Backend, weights.Layers[i], Config);
            }
            finally
            {
                reading.Wait();
            }

            progress?.Invoke(i + 1, Config.Layers);
        }
    }

    private static LlamaLimits Resolve(LlamaLimits limits, ModelConfig config) => limits with
    {
        ContextLength = limits.ContextLength > 0 ? limits.ContextLength : ContextOf(config),
        LogitRows = limits.LogitRows > 0 ? limits.LogitRows : limits.Sequences,
    };

    private void CheckFits(ForwardBatch batch)
    {
        if (batch.Tokens > Limits.TokensPerStep || batch.Sequences.Count > Limits.Sequences || batch.LogitRows > Limits.LogitRows)
        {
            throw new ArgumentException($"a step of {batch.Tokens} tokens, {batch.Sequences.Count} sequences and {batch.LogitRows} rows of logits is beyond {Limits}");
        }
    }
}
