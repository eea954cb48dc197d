namespace Numina.Cuda.Text.Unicode;

/// <summary>An immutable set of code points, as sorted half-open ranges that neither overlap nor touch: the form in which character classes are computed.</summary>
internal sealed class CodePointRanges
{
    public const int Limit = 0x110000;

    // Boundaries alternate: inside from [0] to [1], outside from [1] to [2], and so on.
    private readonly int[] _bounds;

    private CodePointRanges(int[] bounds) => _bounds = bounds;

    public static CodePointRanges Empty { get; } = new([]);

    public static CodePointRanges All { get; } = new([0, Limit]);

    public bool IsEmpty => _bounds.Length == 0;

    public int Count => _bounds.Length / 2;

    public (int Start, int End) this[int index] => (_bounds[2 * index], _bounds[(2 * index) + 1]);

    /// <summary>The one code point of a set of one, else null.</summary>
    public int? Single => _bounds.Length == 2 && _bounds[1] == _bounds[0] + 1 ? _bounds[0] : null;

    public static CodePointRanges Of(int point) => new([point, point + 1]);

    /// <summary>Both ends belong to the set.</summary>
    public static CodePointRanges Between(int first, int last) => new([first, last + 1]);

    /// <summary>Inclusive pairs in any order; they may overlap.</summary>
    public static CodePointRanges OfPairs(params ReadOnlySpan<(int First, int Last)> pairs)
    {
        (int First, int Last)[] sorted = pairs.ToArray();
        Array.Sort(sorted);
        List<int> bounds = [];
        foreach ((int first, int last) in sorted)
        {
            if (bounds.Count > 0 && first <= bounds[^1])
            {
                bounds[^1] = Math.Max(bounds[^1], last + 1);
            }
            else
            {
                bounds.Add(first);
                bounds.Add(last + 1);
            }
        }

        return new CodePointRanges([.. bounds]);
    }

    public CodePointRanges Union(CodePointRanges other) => Combine(other, static (a, b) => a || b);

    public CodePointRanges Intersect(CodePointRanges other) => Combine(other, static (a, b) => a && b);

    public CodePointRanges Except(CodePointRanges other) => Combine(other, static (a, b) => a && !b);

    public CodePointRanges Complement() => All.Except(this);

    public bool Contains(int point)
    {
        int index = Array.BinarySearch(_bounds, point);
        // An exact hit on an even index opens a range; a miss lies inside when the next boundary closes one.
        return index >= 0 ? index % 2 == 0 : ~index % 2 == 1;
    }

    private CodePointRanges Combine(CodePointRanges other, Func<bool, bool, bool> operation)
    {
        List<int> bounds = [];
        int[] left = _bounds, right = other._bounds;
        bool inside = false;
        for (int i = 0, j = 0; i < left.Length || j < right.Length;)
        {
            int at = Math.Min(i < left.Length ? left[i] : int.MaxValue, j < right.Length ? right[j] : int.MaxValue);
            i += i < left.Length && left[i] == at ? 1 : 0;
            j += j < right.Length && right[j] == at ? 1 : 0;
            bool now = operation(i % 2 == 1, j % 2 == 1);
            if (now != inside)
            {
                bounds.Add(at);
                inside = now;
            }
        }

        return new CodePointRanges([.. bounds]);
    }
}
