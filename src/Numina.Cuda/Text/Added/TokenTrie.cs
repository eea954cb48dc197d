using System.Text;
using Numina.Cuda.Text.Bpe;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Added;

/// <summary>Finds the longest of a set of texts at a position. Every step is one look-up of (node, code point).</summary>
internal sealed class TokenTrie
{
    private readonly PairTable _edges;
    private readonly CodePointSet _first;
    private readonly int[] _values;

    public TokenTrie(IEnumerable<(string Text, int Value)> entries)
    {
        Dictionary<(int, int), int> edges = [];
        List<int> values = [-1];
        List<(int, int)> first = [];
        foreach ((string text, int value) in entries)
        {
            int node = 0;
            foreach (Rune rune in text.EnumerateRunes())
            {
                if (!edges.TryGetValue((node, rune.Value), out int next))
                {
                    next = values.Count;
                    values.Add(-1);
                    edges.Add((node, rune.Value), next);
                }

                node = next;
            }

            values[node] = value;
            first.Add((text.EnumerateRunes().First().Value, text.EnumerateRunes().First().Value));
        }

        _edges = new PairTable([.. edges.Select(edge => (edge.Key.Item1, edge.Key.Item2, 0, edge.Value))]);
        _values = [.. values];
        _first = new CodePointSet(CodePointRanges.OfPairs([.. first]));
    }

    /// <summary>The leftmost match at or after <paramref name="from"/>, the longest of those that start there.</summary>
    public bool TryFind(ReadOnlySpan<int> text, int from, out int start, out int length, out int value)
    {
        for (start = from; start < text.Length; start++)
        {
            if (_first.Contains(text[start]) && TryMatch(text[start..], out length, out value))
            {
                return true;
            }
        }

        (length, value) = (0, -1);
        return false;
    }

    private bool TryMatch(ReadOnlySpan<int> text, out int length, out int value)
    {
        (length, value) = (0, -1);
        int node = 0;
        for (int i = 0; i < text.Length && _edges.TryGet(node, text[i], out _, out node); i++)
        {
            if (_values[node] >= 0)
            {
                (length, value) = (i + 1, _values[node]);
            }
        }

        return length > 0;
    }
}
