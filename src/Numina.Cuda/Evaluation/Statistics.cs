namespace Numina.Cuda.Evaluation;

/// <summary>The figures of a report.</summary>
public static class Statistics
{
    private const double NormalQuantile975 = 1.959963984540054;

    /// <summary>Wilson's 95% score interval for <paramref name="successes"/> of <paramref name="trials"/> (E. B. Wilson, 1927).</summary>
    public static (double Low, double High) Wilson(int successes, int trials)
    {
        double z2 = NormalQuantile975 * NormalQuantile975;
        double p = (double)successes / trials;
        double centre = (p + z2 / (2 * trials)) / (1 + z2 / trials);
        double half = NormalQuantile975 / (1 + z2 / trials) * Math.Sqrt(p * (1 - p) / trials + z2 / (4.0 * trials * trials));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    /// <summary>The chance that k of the samples, drawn without replacement, hold a right one (Chen et al., 2021).</summary>
    public static double PassAtK(int samples, int correct, int k)
    {
        if (samples - correct < k)
        {
            return 1;
        }

        double allWrong = 1;
        for (int i = 0; i < k; i++)
        {
            allWrong *= (double)(samples - correct - i) / (samples - i);
        }

        return 1 - allWrong;
    }
}
