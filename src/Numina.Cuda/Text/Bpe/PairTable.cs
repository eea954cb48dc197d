using System.Numerics;

namespace Numina.Cuda.Text.Bpe;

/// <summary>An immutable map from a pair of token ids to the rank and the result of their merge, by open addressing.</summary>
internal sealed class PairTable
{
    private const ulong Free = ulong.MaxValue;
    private readonly ulong[] _keys;
    private readonly ulong[] _values;
    private readonly int _shift;

    public PairTable(IReadOnlyCollection<(int Left, int Right, int Rank, int Merged)> merges)
    {
        int bits = Math.Max(4, BitOperations.Log2((uint)merges.Count) + 2);
        _shift = 64 - bits;
        _keys = new ulong[1 << bits];
        _values = new ulong[1 << bits];
        Array.Fill(_keys, Free);
        foreach ((int left, int right, int rank, int merged) in merges)
        {
            // A pair that occurs twice has its last rank.
            int slot = Slot(Key(left, right));
            _keys[slot] = Key(left, right);
            _values[slot] = ((ulong)(uint)rank << 32) | (uint)merged;
        }
    }

    public bool TryGet(int left, int right, out int rank, out int merged)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        (rank, merged) = ((int)(_values[slot] >> 32), (int)_values[slot]);
        return _keys[slot] == key;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int Slot(ulong key)
    {
        int slot = (int)((key * 0x9E3779B97F4A7C15) >> _shift);
        while (_keys[slot] != key && _keys[slot] != Free)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }

        return slot;
    }
}
