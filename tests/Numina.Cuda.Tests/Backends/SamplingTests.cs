using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Backends;

/// <summary>The CPU's kept tokens and their probabilities against transformers' ones, and draws against the probabilities.</summary>
[TestFixture]
internal sealed class SamplingTests
{
    private static readonly NoiseKey s_noise = SamplingGolden.Noise;

    [Test]
    public void Kept_tokens_and_probabilities_are_those_of_the_reference()
    {
        foreach (SamplingGolden vector in SamplingGolden.Load())
        {
            Array.ForEach(vector.Cases, item => Compare(item, vector.Logits));
        }
    }

    [TestCase(1f, 0, 1f, 0f)]
    [TestCase(0.6f, 0, 1f, 0f)]
    [TestCase(1.3f, 5, 1f, 0f)]
    [TestCase(1f, 0, 0.8f, 0f)]
    [TestCase(1f, 0, 1f, 0.1f)]
    public void Draws_follow_the_probabilities(float temperature, int topK, float topP, float minP)
    {
        const int draws = 40_000;
        float[] logits = HostTensors.Random(5, 13, 2);
        using var backend = new CpuBackend(new CpuOptions { Threads = 2 });
        SamplingRow Row(int position) =>
            new() { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, RepetitionPenalty = 1, Position = position, Noise = s_noise };
        double[] expected = Distribution(logits, Row(0));
        int[] counts = new int[logits.Length];
        foreach (int[] positions in Enumerable.Range(0, draws).Chunk(1000))
        {
            float[] batch = [.. positions.SelectMany(_ => logits)];
            foreach (SampledToken sampled in Draw(backend, batch, [.. positions.Select(Row)]))
            {
                counts[sampled.Token]++;
            }
        }

        double chiSquare = 0;
        for (int token = 0; token < counts.Length; token++)
        {
            if (expected[token] == 0)
            {
                Assert.That(counts[token], Is.Zero, $"token {token} was dropped");
                continue;
            }

            double mean = draws * expected[token];
            chiSquare += (counts[token] - mean) * (counts[token] - mean) / mean;
        }

        // The 99.99th percentile for 12 degrees of freedom.
        Assert.That(chiSquare, Is.LessThan(39.1));
    }

    [Test]
    public void A_draw_is_the_same_in_any_batch_on_any_width_and_threads()
    {
        const int vocabulary = 5003, rows = 17;
        float[] logits = HostTensors.Random(6, vocabulary * rows, 3);
        SamplingRow[] settings = [.. Enumerable.Range(0, rows).Select(i => new SamplingRow
        {
            Temperature = 0.8f, TopP = i % 3 == 0 ? 0.9f : 1, RepetitionPenalty = 1, Position = 100 + i, Noise = s_noise with { Trace = (ushort)i },
        })];
        SampledToken[]? first = null;
        foreach (CpuOptions options in CpuVariants.All)
        {
            using var backend = new CpuBackend(options);
            SampledToken[] together = Draw(backend, logits, settings);
            first ??= together;
            Assert.That(together, Is.EqualTo(first), options.ToString());
            Assert.That(Draw(backend, logits[(3 * vocabulary)..(4 * vocabulary)], [settings[3]])[0], Is.EqualTo(first[3]), options.ToString());
        }
    }

    [Test]
    public void Greedy_takes_the_lowest_of_equal_tokens_after_the_penalty()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var plain = new SamplingRow { Temperature = 0, RepetitionPenalty = 1, TopP = 1, Position = 0, Noise = s_noise };
        SamplingRow penalised = plain with { RepetitionPenalty = 2, History = new[] { 1, 1 } };
        float[] logits = [1, 4, 3, 4, 3];
        Assert.That(Draw(backend, [.. logits, .. logits], [plain, penalised]).Select(s => s.Token), Is.EqualTo(new[] { 1, 3 }));
    }

    [Test]
    public void Logits_that_are_no_distribution_are_refused()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        var row = new SamplingRow { Temperature = 1, Position = 0, Noise = s_noise };
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            float[] logits = [.. Enumerable.Range(0, 40).Select(i => i == 7 ? bad : i)];
            Assert.That(() => Draw(backend, logits, [row]), Throws.InstanceOf<LogitsException>().With.Message.Contains("row 0"));
        }

        Assert.That(() => Draw(backend, [float.NegativeInfinity, float.NegativeInfinity], [row]), Throws.InstanceOf<LogitsException>());
    }

    private static SampledToken[] Draw(CpuBackend backend, float[] logits, SamplingRow[] rows)
    {
        using var tensors = new HostTensors(backend);
        SampledToken[] sampled = new SampledToken[rows.Length];
        backend.Sample(tensors.Put(new Shape(rows.Length, logits.Length / rows.Length), logits), rows, sampled);
        return sampled;
    }

    private static double[] Distribution(float[] logits, SamplingRow row)
    {
        double[] scores = new double[logits.Length], keptScores = new double[logits.Length];
        int[] kept = new int[logits.Length];
        double[] probabilities = new double[logits.Length], byToken = new double[logits.Length];
        SamplingFilter.Scale(logits, row, scores);
        int count = SamplingFilter.Keep(scores, row, kept, keptScores);
        SamplingFilter.Probabilities(keptScores.AsSpan(0, count), probabilities);
        for (int i = 0; i < count; i++)
        {
            byToken[kept[i]] = probabilities[i];
        }

        return byToken;
    }

    private static void Compare(SamplingGoldenCase item, float[] logits)
    {
        double[] expected = [.. item.Probabilities], actual = Distribution(logits, item.Row);

        // The reference counts what has a probability: e^-800 has none in double precision.
        Assert.That(actual.Count(probability => probability > 0), Is.EqualTo(item.Kept), item.Name);
        if (item.IsTieSplit)
        {
            Array.Sort(expected);
            Array.Sort(actual);
        }

        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(1e-12 + 1e-6 * expected[i]), $"{item.Name}: token {i}");
        }
    }
}
