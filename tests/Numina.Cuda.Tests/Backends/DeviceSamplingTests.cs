using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Kernels;
using Numina.Cuda.Tests.Model;

namespace Numina.Cuda.Tests.Backends;

/// <summary>Draws of every device against transformers' kept tokens and probabilities.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Fast))]
internal sealed class DeviceSamplingTests(string device)
{
    private const int Draws = 48;

    /// <summary>(1 - 0.3)^48 is 4e-8: over all cases such a token would be missed once in twenty thousand seeds.</summary>
    private const double Likely = 0.3;

    [Test]
    public void Only_kept_tokens_are_drawn_and_the_likely_ones_are()
    {
        using IBackend backend = Devices.Open(device);
        var wrong = new List<string>();
        foreach (SamplingGolden vector in SamplingGolden.Load())
        {
            SamplingRow[] rows = [.. vector.Cases.SelectMany((item, i) => Enumerable.Range(i * Draws, Draws).Select(position => item.Row with { Position = position }))];
            int[][] drawn = [.. Draw(backend, vector, rows).Select(sampled => sampled.Token).Chunk(Draws)];
            for (int i = 0; i < drawn.Length; i++)
            {
                SamplingGoldenCase item = vector.Cases[i];
                int[] distinct = [.. drawn[i].Distinct()];
                wrong.AddRange(distinct.Where(token => !MayBeDrawn(item, vector.Logits, token)).Select(token => $"{item.Name}: token {token} was dropped"));
                wrong.AddRange(distinct.Length > item.Kept ? [$"{item.Name}: {distinct.Length} tokens of {item.Kept} kept"] : Array.Empty<string>());
                wrong.AddRange(Tokens(item).Where(token => !item.IsTieSplit && item.Probabilities[token] >= Likely && !distinct.Contains(token))
                    .Select(token => $"{item.Name}: token {token} of probability {item.Probabilities[token]} is never drawn"));
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Greedy_takes_the_most_probable_token()
    {
        using IBackend backend = Devices.Open(device);
        var wrong = new List<string>();
        foreach (SamplingGolden vector in SamplingGolden.Load())
        {
            SampledToken[] sampled = Draw(backend, vector, [.. vector.Cases.Select(item => item.Row with { Temperature = 0 })]);
            for (int i = 0; i < sampled.Length; i++)
            {
                SamplingGoldenCase item = vector.Cases[i];
                int token = sampled[i].Token, top = Array.IndexOf(item.Probabilities, item.Probabilities.Max());
                bool best = item.Probabilities[token] >= item.Probabilities[top] * (1 - 1e-6) || (item.IsTieSplit && AsLikely(item, vector.Logits, token, top));
                bool lowest = !Enumerable.Range(0, token).Any(lower => AsLikely(item, vector.Logits, lower, token));
                wrong.AddRange(best && lowest ? Array.Empty<string>() : [$"{item.Name}: token {token}, expected {top} or a lower one that is as likely"]);
            }
        }

        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Log_probabilities_are_those_of_the_raw_logits()
    {
        using IBackend backend = Devices.Open(device);
        foreach (SamplingGolden vector in SamplingGolden.Load())
        {
            SamplingRow[] rows = [.. Enumerable.Range(0, 8).Select(position => new SamplingRow { Temperature = 0.7f, Position = position, Noise = SamplingGolden.Noise, TopK = 3 })];
            foreach (SampledToken sampled in Draw(backend, vector, rows))
            {
                double expected = vector.LogProbabilities[sampled.Token];
                Assert.That(sampled.LogProbability, Is.EqualTo(expected).Within(2e-6 * (1 + Math.Abs(expected))), vector.Name);
            }
        }
    }

    private static IEnumerable<int> Tokens(SamplingGoldenCase item) => Enumerable.Range(0, item.Probabilities.Length);

    /// <summary>A kept token; of a split tie any token that is as likely as a kept one.</summary>
    private static bool MayBeDrawn(SamplingGoldenCase item, float[] logits, int token) => item.Probabilities[token] > 0
        || (item.IsTieSplit && Tokens(item).Any(kept => item.Probabilities[kept] > 0 && AsLikely(item, logits, token, kept)));

    /// <summary>Equal in single precision, which does not always tell apart what the reference's double does.</summary>
    private static bool AsLikely(SamplingGoldenCase item, float[] logits, int token, int other) =>
        token == other || (float)Penalised(item, logits, token) == (float)Penalised(item, logits, other);

    private static double Penalised(SamplingGoldenCase item, float[] logits, int token) =>
        item.Row.RepetitionPenalty == 1 || !item.Row.History.Span.Contains(token) ? logits[token]
        : logits[token] > 0 ? (double)logits[token] / item.Row.RepetitionPenalty
        : (double)logits[token] * item.Row.RepetitionPenalty;

    private static SampledToken[] Draw(IBackend backend, SamplingGolden vector, SamplingRow[] rows)
    {
        using var run = new OpRun(backend, DType.F32);
        var sampled = new SampledToken[rows.Length];
        backend.Sample(run.Floats(new Shape(rows.Length, vector.Logits.Length), [.. rows.SelectMany(_ => vector.Logits)]), rows, sampled);
        return sampled;
    }
}
