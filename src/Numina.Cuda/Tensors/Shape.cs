namespace Numina.Cuda.Tensors;

/// <summary>The extents of a tensor of rank 0 to 4, outermost first. A value: building one allocates nothing.</summary>
public readonly record struct Shape
{
    private readonly long _d0, _d1, _d2, _d3;

    public Shape(long d0) => (Rank, _d0) = (1, d0);

    public Shape(long d0, long d1) => (Rank, _d0, _d1) = (2, d0, d1);

    public Shape(long d0, long d1, long d2) => (Rank, _d0, _d1, _d2) = (3, d0, d1, d2);

    public Shape(long d0, long d1, long d2, long d3) => (Rank, _d0, _d1, _d2, _d3) = (4, d0, d1, d2, d3);

    /// <summary>A shape from a list of at most four extents.</summary>
    public Shape(ReadOnlySpan<long> extents)
    {
        if (extents.Length > 4)
        {
            throw new ArgumentException($"rank {extents.Length} is above 4", nameof(extents));
        }

        Rank = extents.Length;
        _d0 = Rank > 0 ? extents[0] : 0;
        _d1 = Rank > 1 ? extents[1] : 0;
        _d2 = Rank > 2 ? extents[2] : 0;
        _d3 = Rank > 3 ? extents[3] : 0;
    }

    /// <summary>Number of extents.</summary>
    public int Rank { get; }

    public long this[int axis] => (uint)axis < (uint)Rank
        ? axis switch { 0 => _d0, 1 => _d1, 2 => _d2, _ => _d3 }
        : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"the shape is {this}");

    /// <summary>Product of the extents; 1 for rank 0.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            for (int axis = 0; axis < Rank; axis++)
            {
                count = checked(count * this[axis]);
            }

            return count;
        }
    }

    /// <summary>As error texts print it: <c>[4, 128]</c>.</summary>
    public override string ToString()
    {
        Shape self = this;
        return $"[{string.Join(", ", Enumerable.Range(0, Rank).Select(axis => self[axis]))}]";
    }
}
