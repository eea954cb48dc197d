using System.Text;

namespace Numina.Cuda.Text.Bpe;

/// <summary>
/// The tokens that stand for one code point at the start, inside or at the end of a word (with the model's prefix and suffix), and for one byte.
/// </summary>
internal sealed class SymbolTable
{
    private const int DirectLimit = 0x400;
    private readonly PlaceTable[] _places = new PlaceTable[4];
    private readonly int[] _bytes = new int[256];

    public SymbolTable(Vocabulary vocabulary, BpeOptions options)
    {
        for (int place = 0; place < _places.Length; place++)
        {
            string prefix = (place & 1) == 0 ? "" : options.ContinuingSubwordPrefix;
            string suffix = (place & 2) == 0 ? "" : options.EndOfWordSuffix;
            int same = place - (prefix.Length == 0 ? place & 1 : 0) - (suffix.Length == 0 ? place & 2 : 0);
            _places[place] = same < place ? _places[same] : new PlaceTable(vocabulary, prefix, suffix);
        }

        for (int value = 0; value < 256; value++)
        {
            _bytes[value] = vocabulary.Id($"<0x{value:X2}>") ?? -1;
        }
    }

    /// <summary>The id of a code point at its place in the word, or -1.</summary>
    public int Find(int point, bool first, bool last) => _places[(first ? 0 : 1) + (last ? 2 : 0)].Find(point);

    /// <summary>The id of <c>&lt;0xNN&gt;</c>, or -1.</summary>
    public int Byte(int value) => _bytes[value];

    private sealed class PlaceTable
    {
        private readonly int[] _direct = new int[DirectLimit];
        private readonly Dictionary<int, int> _others = [];

        public PlaceTable(Vocabulary vocabulary, string prefix, string suffix)
        {
            Array.Fill(_direct, -1);
            foreach ((string token, int id) in vocabulary.Ids)
            {
                int length = token.Length - prefix.Length - suffix.Length;
                if (length is not (1 or 2) || !token.StartsWith(prefix, StringComparison.Ordinal) || !token.EndsWith(suffix, StringComparison.Ordinal)
                    || !Rune.TryGetRuneAt(token, prefix.Length, out Rune rune) || rune.Utf16SequenceLength != length)
                {
                    continue;
                }

                if (rune.Value < DirectLimit)
                {
                    _direct[rune.Value] = id;
                }
                else
                {
                    _others[rune.Value] = id;
                }
            }
        }

        public int Find(int point) => point < DirectLimit ? _direct[point] : _others.GetValueOrDefault(point, -1);
    }
}
