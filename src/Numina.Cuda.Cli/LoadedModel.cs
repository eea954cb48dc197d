using Numina.Cuda.Backends;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Engine;
using Numina.Cuda.Model;
using Numina.Cuda.Text;
using Numina.Cuda.Text.Chat;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Cli;

/// <summary>A checkpoint on a device with the engine that runs it. Disposed in the reverse order of its making.</summary>
internal sealed class LoadedModel : IAsyncDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly IBackend _backend;
    private readonly Llama _llama;

    private LoadedModel(Checkpoint checkpoint, Tokenizer tokenizer, IBackend backend, Llama llama, Engine.Engine engine) =>
        (_checkpoint, Tokenizer, _backend, _llama, Engine) = (checkpoint, tokenizer, backend, llama, engine);

    public Tokenizer Tokenizer { get; }

    public Engine.Engine Engine { get; }

    public ModelConfig Config => _checkpoint.Config;

    /// <summary>The folder that a model argument names; the unpacked demo for none.</summary>
    public static string Folder(ModelSettings settings) => settings.Model ?? Demo.ModelFolder();

    /// <summary>Renders a problem as the checkpoint's chat template has it, ready for the model to answer.</summary>
    public ChatTemplate Template() => ChatTemplate.Load(_checkpoint.Folder);

    /// <param name="settings">Which model and device.</param>
    /// <param name="sequences">The most that run at once.</param>
    /// <param name="say">Hears, line by line, what is loaded.</param>
    public static LoadedModel Open(ModelSettings settings, int sequences, Action<string> say)
    {
        var owned = new Stack<IDisposable>();
        try
        {
            Checkpoint checkpoint = Own(Checkpoint.Open(Folder(settings)));
            Tokenizer tokenizer = Tokenizer.Load(checkpoint.Folder);
            OpenedDevice device = Host.OpenDevice(settings, checkpoint.Weights.Embedding.Type, say);
            IBackend backend = Own(device.Backend);
            var limits = new LlamaLimits { Sequences = sequences, TokensPerStep = Math.Max(512, sequences), ContextLength = ContextLength(settings, checkpoint.Config) };
            Llama llama = Own(new Llama(backend, checkpoint.Config, checkpoint.Weights, limits, Progress(say)));
            CacheSize cache = CacheSize.Choose(settings.CacheMebibytes, device.Room(llama), llama);
            var engine = new Engine.Engine(llama, tokenizer, new EngineOptions { CacheBytes = cache.Bytes, ShareGeneratedText = device.SharesGeneratedText });
            say($"model: {Describe(checkpoint)}, {llama.WeightBytes / 1e6:n1} MB of weights");
            say(cache.Line);
            return new LoadedModel(checkpoint, tokenizer, backend, llama, engine);
        }
        catch
        {
            while (owned.TryPop(out IDisposable? made))
            {
                made.Dispose();
            }

            throw;
        }

        T Own<T>(T made)
            where T : IDisposable
        {
            owned.Push(made);
            return made;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _llama.Dispose();
        _backend.Dispose();
        _checkpoint.Dispose();
    }

    private static string Describe(Checkpoint checkpoint)
    {
        ModelConfig config = checkpoint.Config;
        string weights = config.Quantization is { } quantization ? $"{quantization.Method} {quantization.Bits} bits" : checkpoint.Weights.Embedding.Type.ToString();
        return $"{config.Architecture}, {config.Layers} layers, hidden {config.HiddenSize}, {weights}";
    }

    private static int ContextLength(ModelSettings settings, ModelConfig config) => settings.ContextLength <= Llama.ContextOf(config)
        ? settings.ContextLength
        : throw new UsageException($"--context: expected at most {Llama.ContextOf(config)}, the model's own, found {settings.ContextLength}");

    /// <summary>Says where loading is, at most once a second: a small model loads without a word.</summary>
    private static Action<int, int> Progress(Action<string> say)
    {
        long next = Environment.TickCount64 + 1000;
        return (loaded, layers) =>
        {
            if (Environment.TickCount64 >= next)
            {
                next = Environment.TickCount64 + 1000;
                say($"loading: layer {loaded} of {layers}");
            }
        };
    }
}
