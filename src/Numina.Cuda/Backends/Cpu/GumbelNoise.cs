namespace Numina.Cuda.Backends.Cpu;

/// <summary>
/// The Gumbel-max draw: the token with the largest sum of score and noise follows the softmax of the scores. The noise of a token is a pure function of the
/// row's key, see <see cref="NoiseKey"/>.
/// </summary>
internal readonly struct GumbelNoise(in SamplingRow row)
{
    /// <summary>Tokens whose noise one Philox block gives.</summary>
    private const int BlockTokens = 4;

    /// <summary>No noise from 23 bits exceeds -log(-log(1 - 2^-24)) = 24 log 2.</summary>
    private const double Largest = 16.64;

    /// <summary>
    /// Bounds on 2^23 (1 - u), a little too wide: noise -log(-log u) of at least n needs 1 - u of at most -log u, which is at most e^-n.
    /// </summary>
    private static readonly double[] s_bounds = [.. Enumerable.Range(0, 18).Select(n => (1 << 23) * Math.Exp(-n) * 1.0001)];

    private readonly NoiseKey _key = row.Noise;
    private readonly uint _position = (uint)row.Position;

    /// <summary>The draw among all tokens, one score each. Noise is worked out where it could matter: most tokens cost one comparison, most others no logarithm.</summary>
    public int Draw(ReadOnlySpan<double> scores, int mostProbable)
    {
        int best = mostProbable;
        double bestScore = scores[best] + Noise(best);
        for (int first = 0; first < scores.Length; first += BlockTokens)
        {
            ReadOnlySpan<double> block = scores.Slice(first, Math.Min(BlockTokens, scores.Length - first));
            double most = block[0];
            foreach (double score in block[1..])
            {
                most = Math.Max(most, score);
            }

            if (most + Largest < bestScore)
            {
                continue;
            }

            (uint w0, uint w1, uint w2, uint w3) = Words(first / BlockTokens);
            double bound = s_bounds[(int)Math.Clamp(bestScore - most, 0, s_bounds.Length - 1)];
            for (int lane = 0; lane < block.Length; lane++)
            {
                uint word = lane switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 };
                if ((1 << 23) - (word >> 9) - 0.5 <= bound)
                {
                    double score = block[lane] + Philox.Gumbel(word);
                    if (score > bestScore || (score == bestScore && first + lane < best))
                    {
                        (best, bestScore) = (first + lane, score);
                    }
                }
            }
        }

        return best;
    }

    /// <summary>The draw among some tokens.</summary>
    public int Draw(ReadOnlySpan<int> tokens, ReadOnlySpan<double> scores)
    {
        (int best, double bestScore) = (-1, double.NegativeInfinity);
        for (int i = 0; i < tokens.Length; i++)
        {
            double score = scores[i] + Noise(tokens[i]);
            if (score > bestScore || (score == bestScore && tokens[i] < best))
            {
                (best, bestScore) = (tokens[i], score);
            }
        }

        return best;
    }

    public float Noise(int token)
    {
        (uint w0, uint w1, uint w2, uint w3) = Words(token / BlockTokens);
        return Philox.Gumbel((token % BlockTokens) switch { 0 => w0, 1 => w1, 2 => w2, _ => w3 });
    }

    private (uint, uint, uint, uint) Words(int block) =>
        Philox.Block((uint)block, _position, _key.Trace | ((uint)_key.Generation << 16), _key.Problem, _key.Seed);
}
