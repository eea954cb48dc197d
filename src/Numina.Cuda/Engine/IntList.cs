using System.Collections;

namespace Numina.Cuda.Engine;

/// <summary>A growing list of integers whose contents can be handed on as memory.</summary>
internal sealed class IntList : IReadOnlyList<int>
{
    private int[] _items = new int[16];

    public int Count { get; private set; }

    public ReadOnlyMemory<int> Memory => _items.AsMemory(0, Count);

    public ReadOnlySpan<int> Span => _items.AsSpan(0, Count);

    public int this[int index]
    {
        get => Span[index];
        set => _items.AsSpan(0, Count)[index] = value;
    }

    public void Add(int item) => Add(item, 1);

    public void Add(int item, int count)
    {
        Grow(count);
        _items.AsSpan(Count, count).Fill(item);
        Count += count;
    }

    public void Add(ReadOnlySpan<int> items)
    {
        Grow(items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Drops what lies behind the first <paramref name="count"/>.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Count = count;
    }

    public IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return _items[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Grow(int count)
    {
        if (Count + count > _items.Length)
        {
            Array.Resize(ref _items, Math.Max(2 * _items.Length, Count + count));
        }
    }
}
