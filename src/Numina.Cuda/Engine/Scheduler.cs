using Numina.Cuda.Model;

namespace Numina.Cuda.Engine;

/// <summary>
/// Decides what each step computes: one token of every sequence that is being continued, and with the rest of the step's tokens the longest waiting prompts. Out of
/// pages, the youngest sequence gives up its own and is computed again later. Guarded by the lock of <see cref="Sequences"/>.
/// </summary>
internal sealed class Scheduler(PageTables tables, LlamaLimits limits, bool shareGeneratedText)
{
    // Both by age, oldest first. A sequence of the first list that is not in the second is parked: nobody waits for its tokens.
    private readonly List<Sequence> _open = [];
    private readonly List<Sequence> _active = [];

    public IReadOnlyList<Sequence> Active => _active;

    public long PrefilledTokens { get; private set; }

    public long RecomputedTokens { get; private set; }

    public long DecodedTokens { get; private set; }

    public long Preemptions { get; private set; }

    public long PrefixHitTokens { get; private set; }

    /// <summary>Adds a parked sequence, younger than all before it.</summary>
    public void Open(Sequence sequence) => _open.Add(sequence);

    /// <summary>Takes a parked sequence out and frees its pages.</summary>
    public void Close(Sequence sequence)
    {
        _open.Remove(sequence);
        tables.ReleaseAll(sequence);
    }

    /// <summary>Has a parked sequence continued.</summary>
    public void Activate(Sequence sequence)
    {
        // The last token is computed in any case: its logits are needed.
        sequence.Computed = Math.Min(sequence.Computed, sequence.Tokens.Count - 1);
        int younger = _active.FindIndex(other => other.Age > sequence.Age);
        _active.Insert(younger < 0 ? _active.Count : younger, sequence);
    }

    /// <summary>Ends a sequence's continuation. It keeps the pages of what is computed.</summary>
    public void Park(Sequence sequence)
    {
        _active.Remove(sequence);
        tables.Trim(sequence);
    }

    /// <summary>The next step, or null when no sequence can be continued.</summary>
    public Batch? Next()
    {
        var batch = new Batch(limits.PageSize);
        bool admitting = true;
        int decoding = Math.Min(limits.Sequences, _active.Count(sequence => sequence.Pages.Count > 0 && sequence.Pending == 1));
        int left = limits.TokensPerStep;
        foreach (Sequence sequence in _active)
        {
            if (batch.Entries.Count == limits.Sequences || left == 0)
            {
                break;
            }

            if (sequence.Pages.Count == 0 && !(admitting && TryAdmit(sequence, ref admitting)))
            {
                continue;
            }

            // Prompts leave room for every sequence that decodes.
            decoding -= sequence.Pending == 1 && decoding > 0 ? 1 : 0;
            int tokens = Math.Min(sequence.Pending, Math.Max(left - decoding, 1));
            if (TryReserve(sequence, sequence.Computed + tokens, batch))
            {
                batch.Add(sequence, tokens);
                left -= tokens;
            }
        }

        return batch.Entries.Count > 0 ? batch : null;
    }

    /// <summary>Records that a step's tokens are computed.</summary>
    public void Commit(Batch batch)
    {
        foreach ((Sequence sequence, int tokens) in batch.Entries)
        {
            int before = sequence.Computed, drawn = sequence.Pending == tokens ? 1 : 0;
            DecodedTokens += drawn;
            PrefilledTokens += tokens - drawn;
            RecomputedTokens += Math.Clamp(sequence.ComputedBefore - before, 0, tokens - drawn);
            sequence.Computed += tokens;
            sequence.ComputedBefore = Math.Max(sequence.ComputedBefore, sequence.Computed);
            tables.Publish(sequence, before, Publishable(sequence));
        }
    }

    private int Publishable(Sequence sequence) => shareGeneratedText ? sequence.Tokens.Count : Math.Min(sequence.PromptLength, sequence.Tokens.Count);

    /// <summary>Gives a sequence without pages those that are known. Clears <paramref name="admitting"/> when nothing younger may be admitted before it.</summary>
    private bool TryAdmit(Sequence sequence, ref bool admitting)
    {
        int wanted = sequence.Tokens.Count - 1;
        PrefixMatch match = tables.Index.Find(sequence, wanted);
        if (IsBeingComputed(sequence, match.Tokens, wanted))
        {
            return false;
        }

        tables.Adopt(sequence, match);
        if (HasRoom(sequence) || MakeRoom(sequence))
        {
            PrefixHitTokens += match.Tokens;
            return true;
        }

        tables.ReleaseAll(sequence);
        admitting = false;
        return false;
    }

    /// <summary>Whether another sequence is about to compute more of this one's beginning than is known.</summary>
    private bool IsBeingComputed(Sequence sequence, int known, int wanted)
    {
        foreach (Sequence other in _active)
        {
            if (other == sequence || other.Pages.Count == 0 || other.Computed >= Publishable(other))
            {
                continue;
            }

            int common = Math.Min(Math.Min(sequence.CommonPrefix(other), Publishable(other)), wanted);
            bool worthwhile = common - known >= limits.PageSize || common == wanted;
            if (common > known && common > other.Computed && worthwhile)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all of an admitted sequence's tokens and the next fit into the free pages, a copy of its partly known page included.</summary>
    private bool HasRoom(Sequence sequence) =>
        tables.PagesFor(sequence.Tokens.Count + 1) - sequence.Computed / limits.PageSize <= tables.Pool.Free;

    /// <summary>When nothing else runs there is no one to wait for: parked sequences give up their pages, the youngest first.</summary>
    private bool MakeRoom(Sequence sequence)
    {
        if (_active.Exists(other => other != sequence && other.Pages.Count > 0))
        {
            return false;
        }

        while (!HasRoom(sequence))
        {
            if (YoungestParked() is not { } parked)
            {
                // Every page is free or found, and no sequence grows beyond the pool: a page known in part needs no copy, it can be overwritten.
                return true;
            }

            Preempt(parked);
        }

        return true;
    }

    private bool TryReserve(Sequence sequence, int end, Batch batch)
    {
        while (!tables.TryMakeWritable(sequence, end, batch))
        {
            Sequence? victim = YoungestParked() ?? _active.FindLast(other => other.Pages.Count > 0 && other.Age > sequence.Age);
            if (victim == null)
            {
                Preempt(sequence);
                return false;
            }

            Preempt(victim);
        }

        return true;
    }

    private Sequence? YoungestParked() => _open.FindLast(sequence => sequence.Pages.Count > 0 && sequence.Generation == null);

    private void Preempt(Sequence sequence)
    {
        tables.ReleaseAll(sequence);
        Preemptions++;
    }
}
