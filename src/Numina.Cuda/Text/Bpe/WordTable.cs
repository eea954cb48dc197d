using System.Text;

namespace Numina.Cuda.Text.Bpe;

/// <summary>The vocabulary looked up by code points, for models that take a whole word as a token before they merge.</summary>
internal sealed class WordTable
{
    private readonly int[] _slots;
    private readonly int[] _ids;
    private readonly int[] _starts;
    private readonly int[] _points;

    public WordTable(Vocabulary vocabulary)
    {
        _slots = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(vocabulary.Count * 2) + 1)];
        _ids = new int[vocabulary.Count];
        _starts = new int[vocabulary.Count + 1];
        List<int> points = [];
        int count = 0;
        foreach ((string token, int id) in vocabulary.Ids)
        {
            foreach (Rune rune in token.EnumerateRunes())
            {
                points.Add(rune.Value);
            }

            _ids[count] = id;
            _starts[++count] = points.Count;
        }

        _points = [.. points];
        for (int i = 0; i < count; i++)
        {
            int slot = Start(WordCache.Hash(Word(i)));
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = i + 1;
        }
    }

    /// <summary>The id of the word, or -1; <paramref name="hash"/> is that of <see cref="WordCache.Hash"/>.</summary>
    public int Find(ReadOnlySpan<int> word, uint hash)
    {
        for (int slot = Start(hash); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (word.SequenceEqual(Word(_slots[slot] - 1)))
            {
                return _ids[_slots[slot] - 1];
            }
        }

        return -1;
    }

    private ReadOnlySpan<int> Word(int index) => _points.AsSpan(_starts[index]..(_starts[index + 1]));

    private int Start(uint hash) => (int)(hash & (uint)(_slots.Length - 1));
}
