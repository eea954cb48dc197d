namespace Numina.Cuda.Backends;

/// <summary>A linear layer's weight (and bias) in the layout that one backend computes with. Made by <see cref="IBackend.LoadLinear"/>.</summary>
public abstract class LinearWeight : IDisposable
{
    /// <summary>K, the input features.</summary>
    public abstract int InFeatures { get; }

    /// <summary>The width of the input rows: K, or more where the weight chose their order (<see cref="LinearOrder.ChoosesInput"/>) and pads it.</summary>
    public virtual int InputWidth => InFeatures;

    /// <summary>N, the width of the output rows: the sum over the stacked parts, each as wide as its reader chose (<see cref="LinearOrder.Reader"/>).</summary>
    public abstract int OutFeatures { get; }

    /// <summary>Bytes that a pass over the weight reads: codes or elements, scales, zero points, bias.</summary>
    public abstract long ByteLength { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
