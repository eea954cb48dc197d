namespace Numina.Cuda.Evaluation;

/// <summary>How far computed values are from reference values of the same shape.</summary>
/// <param name="MaxAbsolute">Largest |actual - expected|; NaN when any value is not finite.</param>
/// <param name="Nmse">sum (actual - expected)^2 / sum expected^2.</param>
/// <param name="WorstIndex">Flat index of the largest difference.</param>
public readonly record struct Difference(double MaxAbsolute, double Nmse, int WorstIndex)
{
    /// <summary>Compares element by element. Throws when the lengths differ.</summary>
    public static Difference Between(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length)
        {
            throw new ArgumentException($"{actual.Length} values against {expected.Length}");
        }

        double worst = 0, error = 0, power = 0;
        int at = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            if (!double.IsFinite(difference))
            {
                return new Difference(double.NaN, double.NaN, i);
            }

            error += difference * difference;
            power += (double)expected[i] * expected[i];
            (worst, at) = difference > worst ? (difference, i) : (worst, at);
        }

        return new Difference(worst, power > 0 ? error / power : error, at);
    }

    /// <summary>KL(expected || actual) in nats of two rows of logits.</summary>
    public static double KullbackLeibler(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        double actualNorm = LogSumExp(actual), expectedNorm = LogSumExp(expected), divergence = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double logP = expected[i] - expectedNorm;
            divergence += Math.Exp(logP) * (logP - (actual[i] - actualNorm));
        }

        return divergence;
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return largest + Math.Log(sum);
    }
}
