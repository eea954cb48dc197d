using System.Text;
using Numina.Cuda.Text.Bpe;
using Numina.Cuda.Text.Loading;
using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text;

/// <summary>
/// Runs a text through the parts of a tokenizer. Holds every buffer that takes and the words it has seen, so that one in use for a while allocates nothing; not
/// thread safe.
/// </summary>
internal sealed class Encoder
{
    private readonly TokenizerParts _parts;
    private readonly PreTokenizedText _text = new();
    private readonly NormalizedText _work = new();
    private readonly NormalizerScratch _scratch;
    private readonly WordMerger _merger;
    private readonly WordCache _cache = new();
    private readonly TokenList[] _sequences = [new(), new()];
    private readonly List<TokenList> _segments = [];
    private readonly List<int> _pieceEnds = [];
    private readonly TokenList _result = new();
    private int[] _symbols = new int[128];

    public Encoder(TokenizerParts parts)
    {
        _parts = parts;
        _scratch = new NormalizerScratch(_text.Matcher);
        _merger = new WordMerger(parts.Model.Merges);
    }

    /// <summary>The list is the encoder's own and holds until the next call.</summary>
    public TokenList Encode(ReadOnlySpan<char> text, bool hasPair, ReadOnlySpan<char> pair, bool addSpecialTokens, bool detailed)
    {
        EncodeSequence(text, 0, detailed);
        _segments.Clear();
        _segments.Add(_sequences[0]);
        if (hasPair)
        {
            EncodeSequence(pair, 1, detailed);
            _segments.Add(_sequences[1]);
        }

        int added = addSpecialTokens ? _parts.PostProcessor?.AddedTokens(hasPair) ?? 0 : 0;
        _parts.Truncation?.Apply(_sequences[0], hasPair ? _sequences[1] : null, added);
        _parts.PostProcessor?.Process(_segments, addSpecialTokens);
        _result.Reset(detailed);
        foreach (TokenList segment in _segments)
        {
            _result.Append(segment);
        }

        _parts.Padding?.Apply(_result);
        return _result;
    }

    private void EncodeSequence(ReadOnlySpan<char> text, int index, bool detailed)
    {
        TokenList tokens = _sequences[index];
        tokens.Reset(detailed);
        _text.Load(text);
        _parts.Added.Extract(_text, _parts.Normalizer, _work, _scratch);
        _parts.PreTokenizer?.Apply(_text);
        _pieceEnds.Clear();
        foreach (Piece piece in _text.Pieces)
        {
            if (piece.IsText)
            {
                AddWord(piece, tokens, index, text);
            }
            else
            {
                AddAddedToken(piece, tokens, index);
            }

            if (_parts.Truncation != null)
            {
                _pieceEnds.Add(tokens.Count);
            }
        }

        if (_parts.Truncation is { } truncation && (index == 1 || truncation.Strategy != TruncationStrategy.OnlySecond))
        {
            StopEarly(truncation, tokens);
        }
    }

    /// <summary>
    /// Hugging Face stops tokenizing at the first word that brings the count to the limit, which the later truncation of a pair depends on.
    /// </summary>
    private void StopEarly(Truncation truncation, TokenList tokens)
    {
        ReadOnlySpan<Piece> pieces = _text.Pieces;
        if (!truncation.FromLeft)
        {
            for (int i = 0; i < pieces.Length; i++)
            {
                if (pieces[i].IsText && _pieceEnds[i] >= truncation.MaxLength)
                {
                    tokens.Keep(0, _pieceEnds[i]);
                    return;
                }
            }

            return;
        }

        for (int i = pieces.Length - 1; i >= 0; i--)
        {
            int start = i == 0 ? 0 : _pieceEnds[i - 1];
            if (pieces[i].IsText && tokens.Count - start >= truncation.MaxLength)
            {
                tokens.Keep(start, tokens.Count - start);
                return;
            }
        }
    }

    private void AddWord(Piece piece, TokenList tokens, int typeId, ReadOnlySpan<char> original)
    {
        ReadOnlySpan<int> word = _text.PointsOf(piece);
        ReadOnlySpan<int> symbols = Tokenize(word);
        if (!tokens.Detailed)
        {
            for (int i = 0; i < symbols.Length; i += 2)
            {
                tokens.Add(symbols[i]);
            }

            return;
        }

        ByteCursor cursor = new(word);
        int bytes = 0;
        for (int i = 0; i < symbols.Length; i += 2)
        {
            int first = cursor.MoveTo(bytes);
            bytes += symbols[i + 1];
            int last = cursor.MoveTo(bytes - 1);
            (int start, int end) = last < word.Length
                ? (_text.Text.Starts[piece.Start + first], _text.Text.Ends[piece.Start + last])
                : OriginalBytes(original, bytes - symbols[i + 1], bytes);
            tokens.Add(symbols[i], new TokenDetail(_parts.Model.Vocabulary.Token(symbols[i])!, start, end, typeId));
        }
    }

    /// <summary>
    /// Byte tokens that stand for a word's prefix or suffix lie beyond the word. The reference then takes their place within the word as one within the text, and
    /// counts bytes where even that lies beyond.
    /// </summary>
    private static (int Start, int End) OriginalBytes(ReadOnlySpan<char> original, int start, int end)
    {
        int bytes = 0;
        int index = 0;
        int first = -1;
        foreach (Rune rune in original.EnumerateRunes())
        {
            int next = bytes + rune.Utf8SequenceLength;
            first = start >= bytes && start < next ? index : first;
            if (end >= bytes && end < next)
            {
                return (first, index);
            }

            bytes = next;
            index++;
        }

        return first < 0 ? (start, end) : (first, end - 1 < bytes ? index : first + 2);
    }

    /// <summary>Pairs of token id and number of UTF-8 bytes.</summary>
    private ReadOnlySpan<int> Tokenize(ReadOnlySpan<int> word)
    {
        uint hash = WordCache.Hash(word);
        bool cached = word.Length <= WordCache.LongestWord;
        if (cached && _cache.TryGet(word, hash, out ReadOnlySpan<int> symbols))
        {
            return symbols;
        }

        _parts.Model.Tokenize(word, hash, _merger);
        if (cached)
        {
            _cache.Add(word, hash, _merger);
        }

        if (_symbols.Length < 2 * _merger.Count)
        {
            _symbols = new int[4 * _merger.Count];
        }

        for (int i = 0; i < _merger.Count; i++)
        {
            (_symbols[2 * i], _symbols[(2 * i) + 1]) = (_merger.Id(i), _merger.Bytes(i));
        }

        return _symbols.AsSpan(0, 2 * _merger.Count);
    }

    private void AddAddedToken(Piece piece, TokenList tokens, int typeId)
    {
        if (!tokens.Detailed)
        {
            tokens.Add(piece.Token);
            return;
        }

        StringBuilder matched = new();
        foreach (int point in _text.PointsOf(piece))
        {
            matched.Append(new Rune(point));
        }

        int last = piece.Start + piece.Length - 1;
        tokens.Add(piece.Token, new TokenDetail(matched.ToString(), _text.Text.Starts[piece.Start], _text.Text.Ends[last], typeId));
    }

    /// <summary>Walks over a word by UTF-8 bytes.</summary>
    private ref struct ByteCursor(ReadOnlySpan<int> word)
    {
        private readonly ReadOnlySpan<int> _word = word;
        private int _index;
        private int _start;

        /// <summary>The code point that holds the byte at <paramref name="offset"/>, which never goes back below the last code point.</summary>
        public int MoveTo(int offset)
        {
            while (_index < _word.Length && _start + Utf8.LengthOf(_word[_index]) <= offset)
            {
                _start += Utf8.LengthOf(_word[_index++]);
            }

            return _index;
        }
    }
}
