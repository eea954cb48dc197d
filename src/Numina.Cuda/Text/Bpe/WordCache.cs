using System.Numerics;

namespace Numina.Cuda.Text.Bpe;

/// <summary>
/// Remembers the tokens of words. Keys and values lie in one array each, so that a full cache is emptied, and a steady one used, without allocating. Not thread
/// safe.
/// </summary>
internal sealed class WordCache
{
    public const int LongestWord = 128;
    private const int Capacity = 1 << 15;
    private readonly int[] _slots = new int[Capacity * 2];
    private readonly Entry[] _entries = new Entry[Capacity];
    private int[] _data = new int[1 << 12];
    private int _count;
    private int _used;

    private readonly record struct Entry(uint Hash, int Key, int KeyLength, int Value, int ValueLength);

    /// <summary>Finds the symbols of a word: pairs of token id and bytes.</summary>
    public bool TryGet(ReadOnlySpan<int> word, uint hash, out ReadOnlySpan<int> symbols)
    {
        for (int slot = Start(hash); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            ref readonly Entry entry = ref _entries[_slots[slot] - 1];
            if (entry.Hash == hash && word.SequenceEqual(_data.AsSpan(entry.Key, entry.KeyLength)))
            {
                symbols = _data.AsSpan(entry.Value, entry.ValueLength);
                return true;
            }
        }

        symbols = default;
        return false;
    }

    public void Add(ReadOnlySpan<int> word, uint hash, WordMerger merged)
    {
        if (_count == Capacity)
        {
            Array.Clear(_slots);
            _count = _used = 0;
        }

        int needed = _used + word.Length + (2 * merged.Count);
        if (needed > _data.Length)
        {
            Array.Resize(ref _data, Math.Max(needed, _data.Length * 2));
        }

        int key = _used;
        word.CopyTo(_data.AsSpan(key));
        int value = key + word.Length;
        for (int i = 0; i < merged.Count; i++)
        {
            _data[value + (2 * i)] = merged.Id(i);
            _data[value + (2 * i) + 1] = merged.Bytes(i);
        }

        _used = needed;
        _entries[_count++] = new Entry(hash, key, word.Length, value, 2 * merged.Count);
        int slot = Start(hash);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = _count;
    }

    public static uint Hash(ReadOnlySpan<int> word)
    {
        ulong hash = (ulong)word.Length;
        foreach (int point in word)
        {
            hash = (BitOperations.RotateLeft(hash, 5) ^ (uint)point) * 0x9E3779B97F4A7C15;
        }

        return (uint)(hash >> 32);
    }

    private int Start(uint hash) => (int)(hash & (uint)(_slots.Length - 1));
}
