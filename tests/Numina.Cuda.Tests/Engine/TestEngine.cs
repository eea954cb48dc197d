using Numina.Cuda.Backends;
using Numina.Cuda.Engine;
using Numina.Cuda.Model;
using Numina.Cuda.Tests.Model;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Text;
using Numina.Cuda.Weights;
using InferenceEngine = Numina.Cuda.Engine.Engine;

namespace Numina.Cuda.Tests.Engine;

/// <summary>An engine on a tiny random model with the demo's tokenizer. Owns everything but the backend.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly TinyModel _weights;
    private readonly Llama _llama;

    public TestEngine(IBackend backend, EngineOptions? options = null, LlamaLimits? limits = null, ModelConfig? config = null, Tokenizer? tokenizer = null)
    {
        config ??= Config;
        _weights = new TinyModel(config);
        _llama = new Llama(backend, config, _weights.Weights, limits ?? Limits);
        Engine = new InferenceEngine(_llama, tokenizer ?? Tokenizer, options ?? new EngineOptions { Pages = 512 });
    }

    /// <summary>The tiny model with the demo's vocabulary. Token 0 ends a text.</summary>
    public static ModelConfig Config => TinyModel.Config with { VocabularySize = 1536, EosTokens = [0], MaxPositions = 512 };

    public static LlamaLimits Limits => new() { TokensPerStep = 256, Sequences = 64, PageSize = 8 };

    public static Tokenizer Tokenizer { get; } = Tokenizer.Load(Path.Combine(Reference.Repository, "src", "Numina.Cuda.Cli", "Demo"));

    public InferenceEngine Engine { get; }

    public EngineMetrics Metrics => Engine.Metrics;

    /// <summary>Random tokens, none of them an end token.</summary>
    public static int[] Prompt(int length, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(3, 1500))];
    }

    public static NoiseKey Noise(int trace) => new(42, 1, (ushort)trace, 0);

    public Session Open(int[] prompt, int trace = 0) => Engine.Open(prompt, Noise(trace));

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _llama.Dispose();
        _weights.Dispose();
    }
}
