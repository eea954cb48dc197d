namespace Numina.Cuda.Backends;

/// <summary>
/// Logits that no token can be drawn from: a NaN, a +infinity, or nothing finite. The weights are damaged, or activations overflowed their type; the message says which row and
/// what its largest value is.
/// </summary>
public sealed class LogitsException(int row, float largest)
    : Exception($"row {row} of the logits is not a distribution: its largest value is {largest} (damaged weights, or activations that overflow their type)");
