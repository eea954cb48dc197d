namespace Numina.Cuda.Engine;

/// <summary>Finds stop texts in a growing text.</summary>
internal sealed class StopTexts(IReadOnlyList<string> texts)
{
    private readonly int _longest = texts.Select(text => text.Length).DefaultIfEmpty(0).Max();

    /// <summary>
    /// The stop text that is complete first in <paramref name="text"/>, given that there was none before its last <paramref name="added"/> characters came. Of two that
    /// end together the longer counts. Null when there is none.
    /// </summary>
    public Range? Find(ReadOnlySpan<char> text, int added)
    {
        int from = Math.Max(0, text.Length - added - _longest + 1);
        (int Start, int End) best = (int.MaxValue, int.MaxValue);
        foreach (string stop in texts)
        {
            int start = text[from..].IndexOf(stop, StringComparison.Ordinal) + from;
            int end = start + stop.Length;
            if (start >= from && (end < best.End || (end == best.End && start < best.Start)))
            {
                best = (start, end);
            }
        }

        return best.End == int.MaxValue ? null : best.Start..best.End;
    }

    /// <summary>Characters at the end of the text that may be the beginning of a stop text.</summary>
    public int Undecided(ReadOnlySpan<char> text)
    {
        for (int length = Math.Min(_longest - 1, text.Length); length > 0; length--)
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
