using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.References;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Model;

/// <summary>A reference checkpoint loaded onto a backend, its expected values, and one sequence's worth of cache.</summary>
internal sealed class GoldenModel : IDisposable
{
    private const string Demo = "demo";

    private readonly Checkpoint _checkpoint;
    private readonly KvCache _cache;
    private readonly int[] _pages;

    private GoldenModel(string folder, Checkpoint checkpoint, Llama llama, ReferenceTensors expected)
    {
        _checkpoint = checkpoint;
        Folder = folder;
        Expected = expected;
        Llama = llama;
        int pages = (llama.Limits.ContextLength + llama.Limits.PageSize - 1) / llama.Limits.PageSize;
        _cache = new KvCache(llama.Backend, llama.CacheLayout(pages));
        // Out of order, so that a page table that is not read shows.
        _pages = [.. Enumerable.Range(0, pages).Reverse()];
    }

    /// <summary>By name, so that an absent one is skipped and not forgotten.</summary>
    public static IEnumerable<string> Folders =>
    [
        .. LlamaFolders,
        .. GptqFolders.Select(name => $"goldens/gptq/{name}"),
        Demo,
    ];

    public static IEnumerable<string> LlamaFolders =>
        LlamaNames.Select(name => $"goldens/llama/{name}");

    public static IEnumerable<string> LlamaNames =>
        ["mha", "gqa-llama3", "linear-rope", "dynamic-ntk", "yarn", "headdim-bias", "sharded", "odd", "old-style", "mistral", "qwen2"];

    private static IEnumerable<string> GptqFolders =>
    [
        "q8-g128-act", "q8-g128-act-autogptq", "q8-g128-act-gqa", "q8-g128-v2", "q8-g128", "q8-g32-static-act", "q8-gm1", "q8-g128-asym", "q4-g128-act", "q4-g32",
        "awq-q4-g128",
    ];

    public string Folder { get; }

    public Llama Llama { get; }

    public ReferenceTensors Expected { get; }

    public static GoldenModel Open(IBackend backend, string folder, int contextLength, int tokensPerStep = 0)
    {
        string path = Reference.Path(folder);
        var limits = new LlamaLimits { TokensPerStep = tokensPerStep > 0 ? tokensPerStep : contextLength, Sequences = 4, LogitRows = contextLength, ContextLength = contextLength };
        Checkpoint checkpoint = Checkpoint.Open(folder == Demo ? Path.Combine(Reference.Repository, "src", "Numina.Cuda.Cli", "Demo") : path);
        return new GoldenModel(folder, checkpoint, new Llama(backend, checkpoint.Config, checkpoint.Weights, limits), new ReferenceTensors(Path.Combine(path, "expected.safetensors")));
    }

    /// <summary>Compares every hidden state and the logits of a prompt with those the reference file has.</summary>
    public void AssertStates(string prompt)
    {
        int[] tokens = Expected.Integers(prompt + "input_ids");
        float[][] logits = Run(tokens, tokens.Length, LogitRows.All, Observe);
        if (Expected.Has(prompt + "logits"))
        {
            Numbers.AssertClose([.. logits.SelectMany(row => row).Select(x => (double)x)], Expected.Numbers(prompt + "logits"), Llama.Backend.ActivationType, $"{Folder} {prompt}logits");
        }

        void Observe(string name, Tensor states)
        {
            if (Expected.Has(prompt + name))
            {
                Numbers.AssertClose([.. Read(states).Select(x => (double)x)], Expected.Numbers(prompt + name), Llama.Backend.ActivationType, $"{Folder} {prompt}{name}");
            }
        }
    }

    /// <summary>The logits of every token of a prompt.</summary>
    public float[][] Logits(int[] tokens) => Run(tokens, tokens.Length, LogitRows.All);

    /// <summary>The prompt in one step, then the most probable token again and again.</summary>
    public int[] Continue(int[] prompt, int count)
    {
        var tokens = new List<int>(prompt);
        float[] logits = Run(prompt, prompt.Length, LogitRows.Last)[0];
        while (tokens.Count < prompt.Length + count)
        {
            tokens.Add(Array.IndexOf(logits, logits.Max()));
            logits = Run([tokens[^1]], tokens.Count, LogitRows.Last)[0];
        }

        return [.. tokens.Skip(prompt.Length)];
    }

    public void Dispose()
    {
        _cache.Dispose();
        Llama.Dispose();
        _checkpoint.Dispose();
    }

    private float[][] Run(int[] tokens, int contextLength, LogitRows rows, LayerObserver? observer = null)
    {
        var step = new SequenceStep { Tokens = tokens, ContextLength = contextLength, Pages = _pages, Logits = rows };
        Tensor logits = Llama.Forward(new ForwardBatch([step], []), _cache, observer);
        return [.. Read(logits).Chunk(Llama.Config.VocabularySize)];
    }

    private float[] Read(Tensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteLength];
        Llama.Backend.Download(bytes, tensor);
        return tensor.Type == DType.F16
            ? [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(value => (float)value)]
            : MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }
}
