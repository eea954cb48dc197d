namespace Numina.Cuda.Engine;

/// <summary>Gives sequences the pages they write to: new ones, or copies of pages that others read.</summary>
internal sealed class PageTables
{
    private readonly int _pageSize;

    public PageTables(int pages, int pageSize)
    {
        _pageSize = pageSize;
        Index = new PrefixIndex(pageSize, pages);
        Pool = new PagePool(pages, Index.Forget);
    }

    public PagePool Pool { get; }

    public PrefixIndex Index { get; }

    /// <summary>Pages that hold this many tokens.</summary>
    public int PagesFor(int tokens) => (tokens + _pageSize - 1) / _pageSize;

    /// <summary>
    /// Makes the pages of tokens Computed .. <paramref name="end"/> - 1 the sequence's own to write. False when the pool runs out; what was taken so far stays with
    /// the sequence, and calling again goes on from there.
    /// </summary>
    public bool TryMakeWritable(Sequence sequence, int end, Batch batch)
    {
        for (int number = sequence.Computed / _pageSize; number * _pageSize < end; number++)
        {
            if (number < sequence.Pages.Count)
            {
                if (!TryOwn(sequence, number, batch))
                {
                    return false;
                }
            }
            else if (Pool.TryAllocate(out int page))
            {
                sequence.Pages.Add(page);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the known pages of a sequence that has none.</summary>
    public void Adopt(Sequence sequence, PrefixMatch match)
    {
        foreach (int page in match.Pages)
        {
            Pool.Share(page);
            sequence.Pages.Add(page);
        }

        sequence.Computed = match.Tokens;
    }

    /// <summary>Gives a new sequence the pages of another that begins with the same tokens, all computed.</summary>
    public void Share(Sequence from, Sequence to)
    {
        PrefixMatch all = new([.. from.Pages.Take(PagesFor(from.Computed))], from.Computed);
        Adopt(to, all);
    }

    /// <summary>Makes the pages that a step completed known to <see cref="Index"/>, up to <paramref name="limit"/> tokens of the sequence.</summary>
    public void Publish(Sequence sequence, int computedBefore, int limit)
    {
        int end = Math.Min(sequence.Computed, limit);
        for (int number = computedBefore / _pageSize; computedBefore < end && number * _pageSize < end; number++)
        {
            int count = Math.Min(end - number * _pageSize, _pageSize);
            // A page in part is worth knowing where prompts end, for there their samples part ways.
            if (count == _pageSize || end == sequence.PromptLength)
            {
                Index.Add(sequence, number, count);
            }
        }
    }

    /// <summary>Gives back the pages behind the computed tokens.</summary>
    public void Trim(Sequence sequence) => ReleaseFrom(sequence, PagesFor(sequence.Computed));

    /// <summary>Gives back every page: the sequence must be computed anew.</summary>
    public void ReleaseAll(Sequence sequence)
    {
        ReleaseFrom(sequence, 0);
        sequence.Computed = 0;
    }

    private bool TryOwn(Sequence sequence, int number, Batch batch)
    {
        int page = sequence.Pages[number];
        bool shared = Pool.References(page) > 1;
        if (!shared && !Index.Holds(page, Math.Max(sequence.Computed - number * _pageSize, 0)))
        {
            return true;
        }

        if (Pool.TryAllocate(out int copy))
        {
            batch.AddCopy(page, copy);
            sequence.Pages[number] = copy;
            Pool.Release(page);
            return true;
        }

        if (!shared)
        {
            // Better to lose a known prefix than to take a page from another sequence.
            Index.Forget(page);
        }

        return !shared;
    }

    /// <summary>Last page first, so that a prefix's pages are reused from its end.</summary>
    private void ReleaseFrom(Sequence sequence, int kept)
    {
        for (int number = sequence.Pages.Count - 1; number >= kept; number--)
        {
            Pool.Release(sequence.Pages[number]);
        }

        sequence.Pages.Truncate(Math.Min(kept, sequence.Pages.Count));
    }
}
