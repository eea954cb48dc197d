using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Weights;

/// <summary>Rows of a stacked weight that one matmul launch computes: same number of bits, same order of input features.</summary>
internal sealed record LinearSegment : IDisposable
{
    /// <summary>16 (elements of the activation type), 8 or 4 (codes).</summary>
    internal required int Bits { get; init; }

    internal required SlotMap Map { get; init; }

    /// <summary>First output column of the segment.</summary>
    internal required int FirstColumn { get; init; }

    /// <summary>Output columns.</summary>
    internal required int Columns { get; init; }

    /// <summary>Packed words (packed_weights.cuh).</summary>
    internal required Buffer Weight { get; init; }

    /// <summary>Type of <see cref="Scales"/>.</summary>
    internal required DType ScaleType { get; init; }

    /// <summary>[groups, padded columns] or null for 16 bits.</summary>
    internal Buffer? Scales { get; init; }

    /// <summary>[groups, padded columns] of 16-bit integers or null for 16 bits.</summary>
    internal Buffer? Zeros { get; init; }

    /// <summary>[columns] F32 or null.</summary>
    internal Buffer? Bias { get; init; }

    /// <summary>[slots] feature of each slot on the device, or null when <see cref="SlotMap.Slots"/> is.</summary>
    internal Buffer? Slots { get; init; }

    /// <summary>Columns rounded up to whole tiles of 32.</summary>
    internal int PaddedColumns => Pad(Columns);

    internal long ByteLength => Buffers.Sum(buffer => buffer.ByteLength);

    internal static int Pad(int columns) => (columns + SlotMap.TileSlots - 1) / SlotMap.TileSlots * SlotMap.TileSlots;

    public void Dispose()
    {
        foreach (Buffer buffer in Buffers)
        {
            buffer.Dispose();
        }
    }

    private IEnumerable<Buffer> Buffers => new[] { Weight, Scales, Zeros, Bias, Slots }.OfType<Buffer>();
}

/// <summary>A linear layer's weight on the device: stacked parts, those that are alike merged into one segment.</summary>
/// <param name="inFeatures">K.</param>
/// <param name="segments">At least one.</param>
/// <param name="choosesInput">The input comes in the segments' order, if they agree on one.</param>
internal sealed class CudaLinear(int inFeatures, IReadOnlyList<LinearSegment> segments, bool choosesInput) : LinearWeight
{
    internal IReadOnlyList<LinearSegment> Segments => segments;

    /// <summary>The order that input rows come in; null: as the checkpoint has them, and each segment gathers what it needs.</summary>
    internal SlotMap? InputOrder { get; } = choosesInput && segments.All(segment => segment.Map.Equals(segments[0].Map)) ? segments[0].Map : null;

    /// <summary>[InputWidth] the feature of each slot of <see cref="InputOrder"/> on the device; 0 for the identity.</summary>
    internal nint InputSlots => InputOrder == null ? 0 : segments[0].Slots?.Pointer ?? 0;

    public override int InFeatures => inFeatures;

    public override int InputWidth => InputOrder?.SlotCount ?? inFeatures;

    public override int OutFeatures => segments.Sum(segment => segment.Columns);

    public override long ByteLength => segments.Sum(segment => segment.ByteLength);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (LinearSegment segment in segments)
            {
                segment.Dispose();
            }
        }
    }
}
