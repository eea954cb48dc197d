namespace Numina.Cuda.Text.Pipeline;

/// <summary>A range of a text, and whether a pattern matched it or it lies between matches.</summary>
internal readonly record struct TextMatch(int Start, int End, bool IsMatch);

/// <summary>A reusable list that covers a text with matches and the gaps between them.</summary>
internal sealed class MatchList
{
    private TextMatch[] _items = new TextMatch[64];

    public int Count { get; private set; }

    public ReadOnlySpan<TextMatch> Items => _items.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int start, int end, bool isMatch)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = new TextMatch(start, end, isMatch);
    }

    public void AddGap(int start, int end)
    {
        if (start != end)
        {
            Add(start, end, isMatch: false);
        }
    }

    /// <summary>Moves the end of the last range.</summary>
    public void ExtendLast(int end) => _items[Count - 1] = _items[Count - 1] with { End = end };

    /// <summary>Moves the start of the last range.</summary>
    public void ExtendLastBack(int start) => _items[Count - 1] = _items[Count - 1] with { Start = start };

    public void Reverse() => _items.AsSpan(0, Count).Reverse();
}
