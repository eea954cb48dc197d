using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Weights;

/// <summary>
/// The order that a matmul takes the input features in. Features lie in slots, group after group, each group padded to whole tiles of 32 slots; so act-order
/// checkpoints, whose groups are scattered, and odd sizes become regular. Matrices with equal maps share one gather of the activations.
/// </summary>
internal sealed class SlotMap : IEquatable<SlotMap>
{
    internal const int TileSlots = 32;

    private SlotMap(int features, int tiles, int groupTiles, int[]? slots)
    {
        (Features, Tiles, GroupTiles, Slots) = (features, tiles, groupTiles, slots);
    }

    /// <summary>K, the input features.</summary>
    internal int Features { get; }

    /// <summary>Tiles of 32 slots.</summary>
    internal int Tiles { get; }

    /// <summary>Tiles of one group.</summary>
    internal int GroupTiles { get; }

    /// <summary>The feature in each slot, -1 in padding; null when slot i holds feature i (and what is past K is padding).</summary>
    internal int[]? Slots { get; }

    internal int SlotCount => Tiles * TileSlots;

    /// <summary>Activations must be gathered: the order or the width differs.</summary>
    internal bool NeedsGather => Slots != null || SlotCount != Features;

    /// <summary>The feature in slot <paramref name="slot"/>, or -1 in padding.</summary>
    internal int Feature(int slot) => Slots is { } list ? list[slot] : slot < Features ? slot : -1;

    /// <summary>Tiles that one chain of tensor-core sums takes: at most 4, dividing a group.</summary>
    internal int ChunkTiles => GroupTiles % 4 == 0 ? 4 : GroupTiles % 3 == 0 ? 3 : GroupTiles % 2 == 0 ? 2 : 1;

    internal static SlotMap For(WeightMatrix matrix) => matrix switch
    {
        DenseMatrix => Dense(matrix.Columns),
        QuantizedMatrix quantized => Grouped(quantized),
        _ => throw new ArgumentException($"no kernel takes a {matrix.GetType().Name}", nameof(matrix)),
    };

    public bool Equals(SlotMap? other) => other != null && Features == other.Features && Tiles == other.Tiles && GroupTiles == other.GroupTiles
        && (Slots == null) == (other.Slots == null) && Slots.AsSpan().SequenceEqual(other.Slots);

    public override bool Equals(object? obj) => Equals(obj as SlotMap);

    public override int GetHashCode() => HashCode.Combine(Features, Tiles, GroupTiles);

    private static SlotMap Dense(int features)
    {
        int tiles = (features + TileSlots - 1) / TileSlots;
        return new SlotMap(features, tiles, tiles, null);
    }

    private static SlotMap Grouped(QuantizedMatrix matrix)
    {
        int[] sizes = new int[matrix.Groups];
        for (int k = 0; k < matrix.Columns; k++)
        {
            sizes[matrix.Group(k)]++;
        }

        int groupTiles = (sizes.Max() + TileSlots - 1) / TileSlots;
        int[] slots = new int[matrix.Groups * groupTiles * TileSlots];
        int[] filled = new int[matrix.Groups];
        Array.Fill(slots, -1);
        for (int k = 0; k < matrix.Columns; k++)
        {
            int group = matrix.Group(k);
            slots[group * groupTiles * TileSlots + filled[group]++] = k;
        }

        bool identity = slots.Length == matrix.Columns && !slots.Where((feature, slot) => feature != slot).Any();
        return new SlotMap(matrix.Columns, matrix.Groups * groupTiles, groupTiles, identity ? null : slots);
    }
}
