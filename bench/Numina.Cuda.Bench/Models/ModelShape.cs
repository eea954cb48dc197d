using Numina.Cuda.Weights;

namespace Numina.Cuda.Bench.Models;

/// <summary>How the weights of a synthetic model are stored.</summary>
/// <param name="GroupSize">Input features a group of the int8 matrices.</param>
/// <param name="ActOrder">Groups in random order, as GPTQ's desc_act leaves them.</param>
/// <param name="QuantizedHead">The head is int8 too; else fp16.</param>
internal sealed record WeightStorage(int GroupSize, bool ActOrder, bool QuantizedHead);

/// <summary>A model to measure: real extents, invented weights.</summary>
internal sealed record ModelShape(string Name, ModelConfig Config, WeightStorage Storage)
{
    private const string Trial = "tiny";

    /// <summary>The models worth measuring.</summary>
    public static IReadOnlyList<string> Names { get; } = ["135m", "1b", "numina-7b"];

    /// <summary>
    /// What batches and lengths are divided by: 1, or 8 for the model that only tries the bench out (on an emulated device, in seconds), whose figures mean nothing.
    /// </summary>
    public int Divisor => Name == Trial ? 8 : 1;

    /// <summary>Is there a model of that name?</summary>
    public static bool IsKnown(string name) => name == Trial || Names.Contains(name);

    public static ModelShape Named(string name) => name switch
    {
        // SmolLM2-135M as llama.cpp's Q8_0 stores it: groups of 32, the head included.
        "135m" => new(name, Llama(layers: 30, hidden: 576, heads: 9, kvHeads: 3, intermediate: 1536, vocabulary: 49152), new WeightStorage(32, false, true)),
        "1b" => new(name, Llama(layers: 16, hidden: 2048, heads: 32, kvHeads: 8, intermediate: 8192, vocabulary: 128256), new WeightStorage(128, false, false)),
        "numina-7b" => new(
            name, Llama(layers: 30, hidden: 4096, heads: 32, kvHeads: 32, intermediate: 11008, vocabulary: 102400), new WeightStorage(128, true, false)),
        Trial => new(name, Llama(layers: 2, hidden: 128, heads: 4, kvHeads: 4, intermediate: 256, vocabulary: 512), new WeightStorage(128, false, false)),
        _ => throw new ArgumentException($"unknown model {name}: expected {string.Join(", ", Names)} or {Trial}"),
    };

    private static ModelConfig Llama(int layers, int hidden, int heads, int kvHeads, int intermediate, int vocabulary) => new()
    {
        Architecture = Architecture.Llama,
        Layers = layers,
        HiddenSize = hidden,
        Heads = heads,
        KvHeads = kvHeads,
        HeadDim = hidden / heads,
        IntermediateSize = intermediate,
        VocabularySize = vocabulary,
        MaxPositions = 4096,
        NormEpsilon = 1e-5f,
        Rope = new RopeScaling { Theta = 10000 },
        TiedEmbeddings = false,
        QkvBias = false,
        OutputBias = false,
        MlpBias = false,
        EosTokens = [],
    };
}
