namespace Numina.Cuda.Engine;

/// <summary>
/// The pages of the key-value cache and who holds them. A page that nobody holds keeps its content until it is allocated again, the one longest free first, so a
/// prefix can be found again after its sequences are gone.
/// </summary>
internal sealed class PagePool
{
    private const int NotFree = -2;
    private readonly int[] _references;
    private readonly Action<int> _reused;

    // The free pages as a doubly linked ring through the sentinel at index Pages: any page can leave it when a prefix is found again.
    private readonly int[] _next;
    private readonly int[] _previous;

    /// <param name="pages">Pages, all free.</param>
    /// <param name="reused">Hears of a free page whose old content ends, before it is handed out.</param>
    public PagePool(int pages, Action<int> reused)
    {
        Pages = pages;
        Free = pages;
        _reused = reused;
        _references = new int[pages];
        _next = [.. Enumerable.Range(1, pages), 0];
        _previous = [pages, .. Enumerable.Range(0, pages)];
    }

    public int Pages { get; }

    /// <summary>Pages that nobody holds.</summary>
    public int Free { get; private set; }

    /// <summary>The most pages held at one time.</summary>
    public int Peak { get; private set; }

    public int References(int page) => _references[page];

    /// <summary>Takes the page that has been free longest. False when none is free.</summary>
    public bool TryAllocate(out int page)
    {
        page = _next[Pages];
        if (page == Pages)
        {
            return false;
        }

        _reused(page);
        Share(page);
        return true;
    }

    /// <summary>Adds a holder to a page; one that nobody held leaves the free pages with its content.</summary>
    public void Share(int page)
    {
        if (_references[page]++ == 0)
        {
            (_next[_previous[page]], _previous[_next[page]]) = (_next[page], _previous[page]);
            (_next[page], _previous[page]) = (NotFree, NotFree);
            Free--;
            Peak = Math.Max(Peak, Pages - Free);
        }
    }

    /// <summary>Takes a holder off a page.</summary>
    public void Release(int page)
    {
        if (_references[page] == 0)
        {
            throw new InvalidOperationException($"page {page} is released but nobody holds it");
        }

        if (--_references[page] == 0)
        {
            int last = _previous[Pages];
            (_next[page], _previous[page]) = (Pages, last);
            (_next[last], _previous[Pages]) = (page, page);
            Free++;
        }
    }

    /// <summary>Throws when the free list and the reference counts disagree.</summary>
    public void CheckIntegrity()
    {
        int walked = 0;
        for (int page = _next[Pages]; page != Pages; page = _next[page], walked++)
        {
            if (_references[page] != 0 || _previous[_next[page]] != page || walked > Pages)
            {
                throw new InvalidOperationException($"page {page} is in the free list with {_references[page]} holders");
            }
        }

        if (walked != Free || _references.Count(references => references == 0) != Free)
        {
            throw new InvalidOperationException($"{walked} pages are listed free, {Free} counted");
        }
    }
}
