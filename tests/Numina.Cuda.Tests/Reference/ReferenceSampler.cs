using Numina.Cuda.Backends;

namespace Numina.Cuda.Tests.References;

/// <summary>Sampling by full sorts in double. Philox as in Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC11).</summary>
internal static class ReferenceSampler
{
    public static SampledToken Sample(ReadOnlySpan<float> logits, SamplingRow row)
    {
        double[] raw = [.. logits.ToArray().Select(logit => (double)logit)];
        double[] scores = Scores(raw, row);
        int token = 0;
        for (int i = 1; i < scores.Length; i++)
        {
            token = scores[i] > scores[token] ? i : token;
        }

        double largest = raw.Max();
        return new SampledToken(token, (float)(raw[token] - largest - Math.Log(raw.Sum(logit => Math.Exp(logit - largest)))));
    }

    /// <summary>What the arg max is taken of: minus infinity for a token that was filtered out.</summary>
    private static double[] Scores(double[] raw, SamplingRow row)
    {
        double[] scores = [.. raw];
        foreach (int token in row.History.ToArray().Distinct().Where(_ => row.RepetitionPenalty is not (0 or 1)))
        {
            scores[token] = scores[token] > 0 ? scores[token] / row.RepetitionPenalty : scores[token] * row.RepetitionPenalty;
        }

        if (row.Temperature == 0)
        {
            return scores;
        }

        scores = [.. scores.Select(score => score / row.Temperature)];
        Keep(scores, row);
        for (int token = 0; token < scores.Length; token++)
        {
            scores[token] += Gumbel(row, token);
        }

        return scores;
    }

    private static void Keep(double[] scores, SamplingRow row)
    {
        double[] descending = [.. scores.OrderDescending()];
        double floor = row.MinP > 0 ? descending[0] + Math.Log(row.MinP) : double.NegativeInfinity;
        floor = row.TopK > 0 && row.TopK < scores.Length ? Math.Max(floor, descending[row.TopK - 1]) : floor;
        int[] order = [.. Enumerable.Range(0, scores.Length).Where(i => scores[i] >= floor).OrderByDescending(i => scores[i]).ThenBy(i => i)];
        double total = order.Sum(i => Math.Exp(scores[i] - descending[0])), mass = 0;
        var kept = new HashSet<int>();
        foreach (int i in order.TakeWhile(_ => row.TopP is 0 or >= 1 || mass < row.TopP * total))
        {
            kept.Add(i);
            mass += Math.Exp(scores[i] - descending[0]);
        }

        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = kept.Contains(i) ? scores[i] : double.NegativeInfinity;
        }
    }

    private static double Gumbel(SamplingRow row, int token)
    {
        NoiseKey key = row.Noise;
        uint[] block = Philox((uint)token / 4, (uint)row.Position, key.Trace | (uint)key.Generation << 16, key.Problem, key.Seed);
        return -Math.Log(-Math.Log((block[token % 4] + 0.5) / 4294967296.0));
    }

    private static uint[] Philox(uint c0, uint c1, uint c2, uint c3, ulong seed)
    {
        (uint k0, uint k1) = ((uint)seed, (uint)(seed >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong a = 0xD2511F53UL * c0, b = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            (k0, k1) = (k0 + 0x9E3779B9, k1 + 0xBB67AE85);
        }

        return [c0, c1, c2, c3];
    }
}
