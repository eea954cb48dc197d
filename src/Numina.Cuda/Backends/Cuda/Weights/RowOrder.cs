using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Weights;

/// <summary>The order that a matrix's rows (output features) are packed in: as stored, or as the slots of the weight that reads them.</summary>
/// <param name="reader">The reader's order; null: as stored.</param>
internal readonly struct RowOrder(SlotMap? reader)
{
    /// <summary>Nothing moves.</summary>
    internal bool AsStored => reader is not { NeedsGather: true };

    /// <summary>Rows of a packed part.</summary>
    internal int Width(WeightMatrix part) => reader == null ? part.Rows
        : reader.Features == part.Rows ? reader.SlotCount
        : throw new ArgumentException($"a matrix of {part.Rows} rows beside a reader of {reader.Features} features", nameof(part));

    /// <summary>The stored row that becomes row <paramref name="row"/> of a packed part; -1: zeros.</summary>
    internal int Source(int row) => reader?.Feature(row) ?? row;

    /// <summary>[Width] for the repacking kernel; null for the identity.</summary>
    internal int[]? List() => AsStored ? null : [.. Enumerable.Range(0, reader!.SlotCount).Select(reader.Feature)];

    /// <summary>A stacked bias in this order; zeros in the padding.</summary>
    internal float[] Bias(IReadOnlyList<WeightMatrix> parts, ReadOnlySpan<float> stored)
    {
        var ordered = new List<float>();
        int first = 0;
        foreach (WeightMatrix part in parts)
        {
            for (int i = 0; i < Width(part); i++)
            {
                ordered.Add(Source(i) is var n and >= 0 ? stored[first + n] : 0);
            }

            first += part.Rows;
        }

        return [.. ordered];
    }
}
