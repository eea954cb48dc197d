using System.Text;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Bpe;

/// <summary>Byte pair encoding of one word at a time, with the options of tokenizer.json. Immutable; the work is done in a <see cref="WordMerger"/>.</summary>
internal sealed class BpeModel
{
    private readonly BpeOptions _options;
    private readonly SymbolTable _symbols;
    private readonly WordTable? _wholeWords;
    private readonly int? _unknown;
    private readonly byte[] _prefix;
    private readonly byte[] _suffix;

    public BpeModel(Vocabulary vocabulary, PairTable merges, BpeOptions options)
    {
        Vocabulary = vocabulary;
        Merges = merges;
        _options = options;
        _symbols = new SymbolTable(vocabulary, options);
        _unknown = options.UnknownToken is { } token ? vocabulary.Id(token) : null;
        _prefix = Encoding.UTF8.GetBytes(options.ContinuingSubwordPrefix);
        _suffix = Encoding.UTF8.GetBytes(options.EndOfWordSuffix);
        _wholeWords = options.IgnoreMerges ? new WordTable(vocabulary) : null;
    }

    public Vocabulary Vocabulary { get; }

    public PairTable Merges { get; }

    /// <summary>Leaves the tokens of a word in <paramref name="merger"/>; <paramref name="hash"/> is that of <see cref="WordCache.Hash"/>.</summary>
    public void Tokenize(ReadOnlySpan<int> word, uint hash, WordMerger merger)
    {
        merger.Clear();
        int whole = _wholeWords?.Find(word, hash) ?? -1;
        if (whole >= 0)
        {
            merger.Add(whole, Utf8.LengthOf(word));
            return;
        }

        AddSymbols(word, merger);
        merger.MergeAll();
    }

    private void AddSymbols(ReadOnlySpan<int> word, WordMerger merger)
    {
        int unknownBytes = 0;
        for (int i = 0; i < word.Length; i++)
        {
            int bytes = Utf8.LengthOf(word[i]);
            bool last = i == word.Length - 1;
            int id = _symbols.Find(word[i], first: i == 0, last);
            if (id >= 0)
            {
                FlushUnknown(merger, ref unknownBytes);
                merger.Add(id, bytes);
            }
            else if (!_options.ByteFallback || !AddBytes(word[i], first: i == 0, last, merger))
            {
                AddUnknown(bytes, merger, ref unknownBytes);
            }
        }

        FlushUnknown(merger, ref unknownBytes);
    }

    private void AddUnknown(int bytes, WordMerger merger, ref int unknownBytes)
    {
        if (_options.UnknownToken == null)
        {
            return;
        }

        if (!_options.FuseUnknown)
        {
            FlushUnknown(merger, ref unknownBytes);
        }

        unknownBytes += bytes;
    }

    private void FlushUnknown(WordMerger merger, ref int unknownBytes)
    {
        if (unknownBytes > 0)
        {
            merger.Add(_unknown ?? throw new TokenizerException($"the unknown token {_options.UnknownToken} is not in the vocabulary"), unknownBytes);
            unknownBytes = 0;
        }
    }

    /// <summary>The byte tokens of a code point with its prefix and suffix, if every byte has one.</summary>
    private bool AddBytes(int point, bool first, bool last, WordMerger merger)
    {
        ReadOnlySpan<byte> prefix = first ? default : _prefix;
        ReadOnlySpan<byte> suffix = last ? _suffix : default;
        int length = Utf8.LengthOf(point);
        Span<byte> own = stackalloc byte[4];
        for (int i = 0; i < length; i++)
        {
            own[i] = (byte)Utf8.ByteAt(point, i, length);
        }

        if (!HaveTokens(prefix) || !HaveTokens(own[..length]) || !HaveTokens(suffix))
        {
            return false;
        }

        AddTokens(prefix, merger);
        AddTokens(own[..length], merger);
        AddTokens(suffix, merger);
        return true;
    }

    private bool HaveTokens(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (_symbols.Byte(value) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private void AddTokens(ReadOnlySpan<byte> bytes, WordMerger merger)
    {
        foreach (byte value in bytes)
        {
            merger.Add(_symbols.Byte(value), 1);
        }
    }
}
