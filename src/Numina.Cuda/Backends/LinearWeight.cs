namespace Numina.Cuda.Backends;

/// <summary>A linear layer's weight (and bias) in the layout that one backend computes with. Made by <see cref="IBackend.LoadLinear"/>.</summary>
public abstract class LinearWeight : IDisposable
{
    /// <summary>K, the width of the input rows.</summary>
    public abstract int InFeatures { get; }

    /// <summary>N, the width of the output rows: the sum over the stacked parts.</summary>
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
