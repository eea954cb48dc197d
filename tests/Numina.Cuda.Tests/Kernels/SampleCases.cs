using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Draws under every setting; the reference sorts in double. Tokens must be equal, so the logits keep their distance from every cut.</summary>
internal static class SampleCases
{
    public static IEnumerable<OpCase> All =>
    [
        Case("greedy", row => row with { Temperature = 0 }),
        Case("temperature", row => row with { Temperature = 0.8f }),
        Case("top-k", row => row with { TopK = 5 }),
        Case("top-p", row => row with { TopP = 0.7f }),
        Case("min-p", row => row with { MinP = 0.2f }),
        Case("penalty", row => row with { RepetitionPenalty = 1.7f, History = new[] { 3, 3, 8, 500, 17, 3 } }),
        Case("greedy with penalty", row => row with { Temperature = 0, RepetitionPenalty = 2.5f, History = Enumerable.Range(0, 200).ToArray() }),
        Case("everything", row => row with { Temperature = 1.3f, TopK = 40, TopP = 0.9f, MinP = 0.02f, RepetitionPenalty = 1.2f, History = new[] { 1, 2, 3 } }),
        new OpCase("sample ties at the top-p cut", Ties),
    ];

    public static SamplingRow Row(int i) => new()
    {
        Temperature = 1,
        TopP = 1,
        RepetitionPenalty = 1,
        Position = 100 + i,
        Noise = new NoiseKey(0x123456789abcdef0, 7, (ushort)(3 + i), 2),
    };

    /// <summary>Tokens and log-probabilities, one after the other.</summary>
    public static float[] Draw(OpRun run, int vocabulary, float[] logits, SamplingRow[] rows)
    {
        var sampled = new SampledToken[rows.Length];
        run.Backend.Sample(run.Floats(new Shape(rows.Length, vocabulary), logits), rows, sampled);
        return [.. sampled.SelectMany(token => new[] { token.Token, token.LogProbability })];
    }

    private static OpCase Case(string name, Func<SamplingRow, SamplingRow> change) => new($"sample {name}", run =>
    {
        const int rows = 6, vocabulary = 511;
        return Draw(run, vocabulary, OpRun.Numbers(4, rows * vocabulary, 3), [.. Enumerable.Range(0, rows).Select(i => change(Row(i)))]);
    })
    { Roundings = 0.01 };

    /// <summary>Eight equal tokens of which top-p needs five: the lowest ids.</summary>
    private static float[] Ties(OpRun run)
    {
        float[] logits = [.. Enumerable.Range(0, 300).Select(i => i % 37 == 11 && i < 290 ? 5f : -20f)];
        SamplingRow[] rows = [.. Enumerable.Range(0, 32).Select(i => Row(i) with { TopP = 0.6f })];
        return Draw(run, 300, [.. rows.SelectMany(_ => logits)], rows);
    }
}
