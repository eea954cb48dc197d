using Numina.Cuda.Evaluation;

namespace Numina.Cuda.Tests.Evaluation;

public sealed class DifferenceTests
{
    [Test]
    public void Error_and_place_are_those_of_the_worst_element()
    {
        Difference difference = Difference.Between([1, 2, 3.5f], [1, 4, 3]);
        Assert.That(difference.MaxAbsolute, Is.EqualTo(2));
        Assert.That(difference.WorstIndex, Is.EqualTo(1));
        Assert.That(difference.Nmse, Is.EqualTo((4 + 0.25) / (1 + 16 + 9)).Within(1e-12));
    }

    [Test]
    public void A_value_that_is_not_finite_is_no_small_error([Values(float.NaN, float.PositiveInfinity)] float value)
        => Assert.That(Difference.Between([0, value], [0, 1]).MaxAbsolute, Is.NaN);

    [Test]
    public void Divergence_of_two_coins()
    {
        // p = (3/4, 1/4), q = (1/2, 1/2): 3/4 ln(3/2) + 1/4 ln(1/2); a constant added to logits changes nothing.
        double divergence = Difference.KullbackLeibler([7, 7], [MathF.Log(3), 0]);
        Assert.That(divergence, Is.EqualTo(0.75 * Math.Log(1.5) + 0.25 * Math.Log(0.5)).Within(1e-6));
    }
}
