using Numina.Cuda.Tensors;

namespace Numina.Cuda.Evaluation;

/// <summary>What still counts as equal to a reference that was computed in fp32.</summary>
public sealed record Tolerances
{
    /// <summary>Largest absolute difference of a logit; null: logits are judged by <see cref="Nmse"/> too.</summary>
    public double? Logits { get; init; } = 2e-3;

    /// <summary>Normalised mean squared error of hidden states.</summary>
    public double Nmse { get; init; } = 1e-6;

    /// <summary>A greedy token may differ where the reference's two best logits are closer than this; what follows it is not compared.</summary>
    public double Margin { get; init; } = 1e-2;

    /// <summary>
    /// What activations of a type can reach. Rounded to 16 bits at every operation, a single logit may be off by hundredths while the whole is right: there the mean square counts.
    /// A unit in the last place of BF16 is eight times one of F16, and its square 64 times.
    /// </summary>
    public static Tolerances For(DType activations) => activations switch
    {
        DType.F16 => new Tolerances { Logits = null, Nmse = 1e-5, Margin = 0.05 },
        DType.BF16 => new Tolerances { Logits = null, Nmse = 64e-5, Margin = 0.4 },
        _ => new Tolerances(),
    };

    /// <summary>Whether logits with this difference count as equal. NaN never does.</summary>
    internal bool Accept(Difference logits) => Logits is { } largest ? logits.MaxAbsolute <= largest : logits.Nmse <= Nmse;
}
