namespace Numina.Cuda.Backends;

/// <summary>
/// How a linear layer's features may be arranged between it and its neighbours. A device may want the input features of a weight in an order (and padding) of its own:
/// those of an act-order checkpoint group by group, say. Where whoever writes the input can write it so, no pass over the activations is spent on it. The default: input and
/// output as the checkpoint has them.
/// </summary>
public readonly record struct LinearOrder
{
    /// <summary>
    /// The weight may choose: its input rows are <see cref="LinearWeight.InputWidth"/> wide, and every operation that writes them is given the weight as their reader.
    /// </summary>
    public bool ChoosesInput { get; init; }

    /// <summary>
    /// The weight that reads this one's output, element by element through SwiGLU: every part's output features come in the order and width that it chose. Null: as stored.
    /// </summary>
    public LinearWeight? Reader { get; init; }
}
