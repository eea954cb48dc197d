namespace Numina.Cuda.Tests.Model;

internal static class Numbers
{
    /// <summary>Every element within <paramref name="tolerance"/>; the message names the worst.</summary>
    public static void AssertClose(IReadOnlyList<double> actual, IReadOnlyList<double> expected, double tolerance, string name)
    {
        Assert.That(actual, Has.Count.EqualTo(expected.Count), name);
        int worst = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            // Written so that NaN counts as the worst.
            worst = Math.Abs(actual[i] - expected[i]) <= Math.Abs(actual[worst] - expected[worst]) ? worst : i;
        }

        Assert.That(Math.Abs(actual[worst] - expected[worst]), Is.LessThanOrEqualTo(tolerance), $"{name}[{worst}]: expected {expected[worst]}, found {actual[worst]}");
    }
}
