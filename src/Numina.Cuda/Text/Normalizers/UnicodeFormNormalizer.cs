using System.Runtime.InteropServices;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Normalizers;

/// <summary>
/// NFC, NFD, NFKC and NFKD. Every new code point is aligned with an old one in the order in which they are read, as Hugging Face's tokenizers do, also where
/// combining marks change places.
/// </summary>
internal sealed class UnicodeFormNormalizer(bool compatible, bool compose) : Normalizer
{
    private readonly NormalizationTables _tables = NormalizationTables.Instance;

    // Below this no form changes anything: ASCII, or for NFC everything before the first combining mark.
    private readonly int _stableLimit = compose && !compatible ? 0x300 : 0x80;

    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        if (text.Points.IndexOfAnyExceptInRange(0, _stableLimit - 1) < 0)
        {
            return;
        }

        scratch.Changes.Clear();
        Decompose(text.Points, scratch.Changes);
        if (compose)
        {
            Compose(scratch.Changes);
        }

        Apply(scratch.Changes, text);
    }

    private void Decompose(ReadOnlySpan<int> points, List<PointChange> changes)
    {
        Span<int> parts = stackalloc int[32];
        foreach (int point in points)
        {
            int count = _tables.Decompose(point, compatible, parts);
            for (int i = 0; i < count; i++)
            {
                Insert(new PointChange(parts[i], i == 0 ? 0 : 1, _tables.CombiningClass(parts[i])), changes);
            }
        }
    }

    /// <summary>Marks go before those of a higher class that they follow directly.</summary>
    private static void Insert(PointChange change, List<PointChange> changes)
    {
        changes.Add(change);
        Span<PointChange> span = CollectionsMarshal.AsSpan(changes);
        int at = span.Length - 1;
        while (change.CombiningClass != 0 && at > 0 && span[at - 1].CombiningClass > change.CombiningClass)
        {
            span[at] = span[at - 1];
            at--;
        }

        span[at] = change;
    }

    private void Compose(List<PointChange> changes)
    {
        Span<PointChange> span = CollectionsMarshal.AsSpan(changes);
        int kept = 0;
        int starter = -1;
        int lastClass = -1;
        foreach (PointChange change in span)
        {
            bool blocked = starter < 0 || lastClass >= change.CombiningClass;
            int composed = blocked ? -1 : _tables.Compose(span[starter].Point, change.Point);
            if (composed >= 0)
            {
                span[starter] = new PointChange(composed, span[starter].Change + change.Change - 1, 0);
                continue;
            }

            if (change.CombiningClass == 0)
            {
                (starter, lastClass) = (kept, -1);
            }
            else if (starter >= 0)
            {
                lastClass = change.CombiningClass;
            }

            span[kept++] = change;
        }

        CollectionsMarshal.SetCount(changes, kept);
    }

    private static void Apply(List<PointChange> changes, NormalizedText text)
    {
        text.BeginEdit();
        int read = 0;
        foreach (PointChange change in changes)
        {
            if (change.Change > 0)
            {
                text.WriteAfter(read, change.Point);
                continue;
            }

            text.WriteAs(read, change.Point);
            read += 1 - change.Change;
        }

        text.EndEdit();
    }
}
