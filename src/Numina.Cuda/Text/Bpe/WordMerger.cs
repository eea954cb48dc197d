namespace Numina.Cuda.Text.Bpe;

/// <summary>
/// The symbols of one word and the merging of neighbours, lowest rank first and leftmost among equals, by a heap over a linked list: O(n log n) for a word of n
/// symbols. Reusable; not thread safe.
/// </summary>
internal sealed class WordMerger(PairTable merges)
{
    private Symbol[] _symbols = new Symbol[64];
    private Candidate[] _heap = new Candidate[64];
    private int _heapCount;

    private record struct Symbol(int Id, int Bytes, int Previous, int Next);

    private readonly record struct Candidate(ulong Order, int Merged);

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Appends a symbol that stands for a number of UTF-8 bytes of the word.</summary>
    public void Add(int id, int bytes)
    {
        if (Count == _symbols.Length)
        {
            Array.Resize(ref _symbols, Count * 2);
        }

        if (Count > 0)
        {
            _symbols[Count - 1].Next = Count;
        }

        _symbols[Count] = new Symbol(id, bytes, Count - 1, -1);
        Count++;
    }

    public int Id(int index) => _symbols[index].Id;

    public int Bytes(int index) => _symbols[index].Bytes;

    public void MergeAll()
    {
        _heapCount = 0;
        for (int i = 0; i + 1 < Count; i++)
        {
            Consider(i, i + 1);
        }

        while (_heapCount > 0)
        {
            Candidate top = Pop();
            int position = (int)(uint)top.Order;
            Symbol left = _symbols[position];
            if (left.Bytes == 0 || left.Next < 0)
            {
                continue;
            }

            // An entry is out of date when its pair has changed since.
            Symbol right = _symbols[left.Next];
            if (merges.TryGet(left.Id, right.Id, out _, out int merged) && merged == top.Merged)
            {
                Merge(position, left, right, merged);
            }
        }

        Compact();
    }

    private void Merge(int position, Symbol left, Symbol right, int merged)
    {
        _symbols[left.Next].Bytes = 0;
        _symbols[position] = left with { Id = merged, Bytes = left.Bytes + right.Bytes, Next = right.Next };
        if (right.Next >= 0)
        {
            _symbols[right.Next].Previous = position;
            Consider(position, right.Next);
        }

        if (left.Previous >= 0)
        {
            Consider(left.Previous, position);
        }
    }

    private void Consider(int left, int right)
    {
        if (merges.TryGet(_symbols[left].Id, _symbols[right].Id, out int rank, out int merged))
        {
            Push(new Candidate(((ulong)(uint)rank << 32) | (uint)left, merged));
        }
    }

    private void Compact()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (_symbols[i].Bytes != 0)
            {
                _symbols[kept++] = _symbols[i];
            }
        }

        Count = kept;
    }

    private void Push(Candidate candidate)
    {
        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, _heapCount * 2);
        }

        int at = _heapCount++;
        while (at > 0 && candidate.Order < _heap[(at - 1) / 2].Order)
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = candidate;
    }

    private Candidate Pop()
    {
        Candidate top = _heap[0];
        Candidate moved = _heap[--_heapCount];
        int at = 0;
        while ((2 * at) + 1 < _heapCount)
        {
            int child = (2 * at) + 1;
            child += child + 1 < _heapCount && _heap[child + 1].Order < _heap[child].Order ? 1 : 0;
            if (moved.Order <= _heap[child].Order)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = moved;
        return top;
    }
}
