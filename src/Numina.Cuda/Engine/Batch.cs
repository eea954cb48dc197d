using Numina.Cuda.Model;

namespace Numina.Cuda.Engine;

/// <summary>One sequence's part of a step: its next <paramref name="Tokens"/> tokens; when these are all that it has, a token is drawn behind them.</summary>
internal readonly record struct BatchEntry(Sequence Sequence, int Tokens)
{
    public bool Draws => Tokens == Sequence.Pending;
}

/// <summary>What one step computes.</summary>
internal sealed class Batch(int pageSize)
{
    private List<BatchEntry> _entries = [];

    /// <summary>Sequences with the same first page stand next to each other after <see cref="Arrange"/>.</summary>
    public IReadOnlyList<BatchEntry> Entries => _entries;

    /// <summary>Pages to copy before the step, in rounds: within a round no page is read and written, or written twice.</summary>
    public List<PageCopies> Copies { get; } = [];

    public void Add(Sequence sequence, int tokens) => _entries.Add(new BatchEntry(sequence, tokens));

    public void AddCopy(int from, int to)
    {
        if (Copies.Count == 0 || Copies[^1].From.Contains(to) || Copies[^1].To.Contains(to))
        {
            Copies.Add(new PageCopies([], []));
        }

        Copies[^1].From.Add(from);
        Copies[^1].To.Add(to);
    }

    /// <summary>Puts sequences that share pages next to each other and says which pages these are.</summary>
    public ForwardBatch Arrange()
    {
        _entries = [.. _entries.GroupBy(entry => entry.Sequence.Pages[0]).SelectMany(sharing => sharing)];
        var groups = new List<PrefixGroup>();
        for (int first = 0, end; first < _entries.Count; first = end)
        {
            int shared = ComputedPages(first);
            for (end = first + 1; end < _entries.Count && SharedPages(first, end) > 0; end++)
            {
                shared = Math.Min(shared, SharedPages(first, end));
            }

            if (end - first > 1 && shared > 0)
            {
                groups.Add(new PrefixGroup(first, end - first, shared));
            }
        }

        return new ForwardBatch([.. _entries.Select(Step)], groups);
    }

    private int ComputedPages(int entry) => _entries[entry].Sequence.Computed / pageSize;

    /// <summary>Full pages, computed before this step, that both sequences begin with.</summary>
    private int SharedPages(int first, int other)
    {
        int common = _entries[first].Sequence.Pages.Span.CommonPrefixLength(_entries[other].Sequence.Pages.Span);
        return Math.Min(common, Math.Min(ComputedPages(first), ComputedPages(other)));
    }

    private static SequenceStep Step(BatchEntry entry)
    {
        Sequence sequence = entry.Sequence;
        return new SequenceStep
        {
            Tokens = sequence.Tokens.Memory.Slice(sequence.Computed, entry.Tokens),
            WrittenLengths = sequence.WrittenLengths.Memory.Slice(sequence.Computed, entry.Tokens),
            ContextLength = sequence.Computed + entry.Tokens,
            Pages = sequence.Pages.Memory,
            Logits = entry.Draws ? LogitRows.Last : LogitRows.None,
        };
    }
}

/// <summary>Page From[i] is copied to page To[i].</summary>
internal sealed record PageCopies(List<int> From, List<int> To);
