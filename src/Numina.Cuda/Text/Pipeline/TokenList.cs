namespace Numina.Cuda.Text.Pipeline;

/// <summary>What is known of a token besides its id; offsets are code points of the original text.</summary>
internal readonly record struct TokenDetail(string Token, int Start, int End, int TypeId);

/// <summary>A growing, reusable list of token ids, with their details where these are wanted.</summary>
internal sealed class TokenList
{
    private readonly List<TokenDetail> _details = [];
    private int[] _ids = new int[64];

    public int Count { get; private set; }

    /// <summary>Whether every token has a <see cref="TokenDetail"/>.</summary>
    public bool Detailed { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public List<TokenDetail> Details => _details;

    public void Reset(bool detailed)
    {
        Count = 0;
        Detailed = detailed;
        _details.Clear();
    }

    public void Add(int id)
    {
        Reserve(1);
        _ids[Count++] = id;
    }

    public void Add(int id, TokenDetail detail)
    {
        Add(id);
        _details.Add(detail);
    }

    public void Append(TokenList other) => Insert(Count, other);

    public void Insert(int index, TokenList other)
    {
        Reserve(other.Count);
        _ids.AsSpan(index, Count - index).CopyTo(_ids.AsSpan(index + other.Count));
        other.Ids.CopyTo(_ids.AsSpan(index));
        Count += other.Count;
        if (Detailed)
        {
            _details.InsertRange(index, other._details);
        }
    }

    /// <summary>Keeps the tokens of one range.</summary>
    public void Keep(int start, int length)
    {
        _ids.AsSpan(start, length).CopyTo(_ids);
        Count = length;
        if (Detailed)
        {
            _details.RemoveRange(start + length, _details.Count - start - length);
            _details.RemoveRange(0, start);
        }
    }

    public void SetTypeId(int typeId)
    {
        for (int i = 0; i < _details.Count; i++)
        {
            _details[i] = _details[i] with { TypeId = typeId };
        }
    }

    private void Reserve(int more)
    {
        if (Count + more > _ids.Length)
        {
            Array.Resize(ref _ids, Math.Max(Count + more, _ids.Length * 2));
        }
    }
}
