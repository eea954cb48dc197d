using System.Text.Json;
using Numina.Cuda.Backends;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Backends;

/// <summary>What transformers keeps under one setting, and with which probabilities.</summary>
internal sealed record SamplingGoldenCase
{
    /// <summary>Vector and settings.</summary>
    public required string Name { get; init; }

    /// <summary>Settings and history; position 0.</summary>
    public required SamplingRow Row { get; init; }

    /// <summary>By token, 0 for the dropped ones.</summary>
    public required double[] Probabilities { get; init; }

    /// <summary>Tokens kept.</summary>
    public required int Kept { get; init; }

    /// <summary>Top-p kept only some of equally likely tokens: which ones is the implementation's choice.</summary>
    public required bool IsTieSplit { get; init; }
}

/// <summary>One vector of logits of goldens/llama/sampling.json.</summary>
internal sealed record SamplingGolden
{
    public static readonly NoiseKey Noise = new(42, 3, 7, 1);

    /// <summary>A cut that comes nearer to a token than this falls either way in single precision.</summary>
    private const double Tie = 1e-6;

    public required string Name { get; init; }

    public required float[] Logits { get; init; }

    /// <summary>Log-softmax of the raw logits.</summary>
    public required double[] LogProbabilities { get; init; }

    /// <summary>Those whose closest call is not a tie.</summary>
    public required SamplingGoldenCase[] Cases { get; init; }

    public static SamplingGolden[] Load()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Reference.Path("goldens/llama/sampling.json")));
        SamplingGolden[] vectors = [.. golden.RootElement.GetProperty("vectors").EnumerateArray().Select(Read)];
        Assert.That(vectors.Sum(vector => vector.Cases.Length), Is.GreaterThanOrEqualTo(690));
        return vectors;
    }

    private static SamplingGolden Read(JsonElement vector)
    {
        string name = vector.GetProperty("name").GetString()!;
        int[] history = [.. vector.GetProperty("history").EnumerateArray().Select(item => item.GetInt32())];
        return new SamplingGolden
        {
            Name = name,
            Logits = [.. vector.GetProperty("logits").EnumerateArray().Select(value => (float)ReadDouble(value))],
            LogProbabilities = [.. vector.GetProperty("logprobs").EnumerateArray().Select(ReadDouble)],
            Cases = [.. vector.GetProperty("cases").EnumerateArray()
                .Where(item => !item.TryGetProperty("closest_call", out JsonElement close) || close.GetDouble() >= Tie)
                .Select(item => ReadCase(item, history, name))],
        };
    }

    private static SamplingGoldenCase ReadCase(JsonElement item, int[] history, string vector)
    {
        JsonElement settings = item.GetProperty("settings");
        float Setting(string key, float absent) => settings.TryGetProperty(key, out JsonElement value) ? value.GetSingle() : absent;
        return new SamplingGoldenCase
        {
            Name = $"{vector} {settings}",
            Row = new SamplingRow
            {
                Temperature = Setting("temperature", 1), TopK = (int)Setting("top_k", 0), TopP = Setting("top_p", 1), MinP = Setting("min_p", 0),
                RepetitionPenalty = Setting("repetition_penalty", 1), History = history, Position = 0, Noise = Noise,
            },
            Probabilities = [.. item.GetProperty("probs").EnumerateArray().Select(ReadDouble)],
            Kept = item.GetProperty("kept").GetInt32(),
            IsTieSplit = item.TryGetProperty("tie_split", out _),
        };
    }

    private static double ReadDouble(JsonElement value) => value.ValueKind == JsonValueKind.String ? double.NegativeInfinity : value.GetDouble();
}
