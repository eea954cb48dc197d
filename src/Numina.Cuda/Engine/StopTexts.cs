namespace Numina.Cuda.Engine;

/// <summary>Finds stop texts in a growing text.</summary>
internal sealed class StopTexts(IReadOnlyList<string> texts)
{
    /// <summary>Characters of the longest.</summary>
    public int Longest { get; } = texts.Select(text => text.Length).DefaultIfEmpty(0).Max();

    /// <summary>The stop text that is complete first. Of two that end together the longer counts. Null when there is none.</summary>
    public Range? Find(ReadOnlySpan<char> text)
    {
        (int Start, int End) best = (-1, int.MaxValue);
        foreach (string stop in texts)
        {
            int start = text.IndexOf(stop, StringComparison.Ordinal), end = start + stop.Length;
            if (start >= 0 && (end < best.End || (end == best.End && start < best.Start)))
            {
                best = (start, end);
            }
        }

        return best.Start < 0 ? null : best.Start..best.End;
    }

    /// <summary>Characters at the end of the text that may be the beginning of a stop text.</summary>
    public int Undecided(ReadOnlySpan<char> text)
    {
        for (int length = Math.Min(Longest - 1, text.Length); length > 0; length--)
        {
            foreach (string stop in texts)
            {
                if (stop.Length > length && text.EndsWith(stop.AsSpan(0, length), StringComparison.Ordinal))
                {
                    return length;
                }
            }
        }

        return 0;
    }
}
