namespace Numina.Cuda.Engine;

/// <summary>
/// Finds pages that already hold the beginning of a sequence. A tree of pages: a node is a page's tokens in the context of its parents' pages, so a path that matches
/// token by token has the very keys and values wanted. A page leaves when the pool hands it out anew.
/// </summary>
internal sealed class PrefixIndex(int pageSize, int pages)
{
    private readonly Node _root = new(-1, null, [], []);
    private readonly Node?[] _nodes = new Node?[pages];

    /// <summary>Pages of the longest known beginning of a sequence, at most <paramref name="limit"/> tokens of it. The last page may match in part.</summary>
    public PrefixMatch Find(Sequence sequence, int limit)
    {
        var pages = new List<int>();
        int matched = 0;
        for (Node? node = _root; node != null && matched == pages.Count * pageSize;)
        {
            ReadOnlySpan<int> tokens = sequence.Tokens.Span[matched..limit], lengths = sequence.WrittenLengths.Span[matched..limit];
            (Node? best, int longest) = (null, 0);
            foreach (Node child in node.Children)
            {
                int common = child.CommonPrefix(tokens, lengths);
                (best, longest) = common > longest ? (child, common) : (best, longest);
            }

            if (best != null)
            {
                pages.Add(best.Page);
                matched += longest;
            }

            node = best;
        }

        return new PrefixMatch(pages, matched);
    }

    /// <summary>
    /// Makes a page of a sequence known: its first <paramref name="count"/> tokens, all computed. Nothing happens when an equal page is known, or when the page before
    /// it is not.
    /// </summary>
    public void Add(Sequence sequence, int pageNumber, int count)
    {
        int page = sequence.Pages[pageNumber];
        Node? parent = pageNumber == 0 ? _root : _nodes[sequence.Pages[pageNumber - 1]];
        int[] tokens = sequence.Tokens.Span.Slice(pageNumber * pageSize, count).ToArray();
        int[] lengths = sequence.WrittenLengths.Span.Slice(pageNumber * pageSize, count).ToArray();
        if (parent == null || (parent != _root && parent.Tokens < pageSize) || parent.Children.Exists(child => child.CommonPrefix(tokens, lengths) == count))
        {
            return;
        }

        // A page known by its first tokens, which its sequence has since filled.
        Forget(page);
        var node = new Node(page, parent, tokens, lengths);
        parent.Children.Add(node);
        _nodes[page] = node;
    }

    /// <summary>Takes a page out; the pages below it can't be found any more.</summary>
    public void Forget(int page)
    {
        if (_nodes[page] is { } node)
        {
            node.Parent!.Children.Remove(node);
            _nodes[page] = null;
        }
    }

    /// <summary>Whether a later sequence may read this token of the page, so that it must not be overwritten.</summary>
    public bool Holds(int page, int offset) => _nodes[page] is { } node && offset < node.Tokens;

    private sealed class Node(int page, Node? parent, int[] tokens, int[] lengths)
    {
        public int Page { get; } = page;

        public Node? Parent { get; } = parent;

        public int Tokens { get; } = tokens.Length;

        public List<Node> Children { get; } = [];

        public int CommonPrefix(ReadOnlySpan<int> otherTokens, ReadOnlySpan<int> otherLengths) =>
            Math.Min(otherTokens.CommonPrefixLength(tokens), otherLengths.CommonPrefixLength(lengths));
    }
}

/// <summary>Pages, in order, that hold a sequence's first <paramref name="Tokens"/> tokens.</summary>
internal readonly record struct PrefixMatch(IReadOnlyList<int> Pages, int Tokens);
