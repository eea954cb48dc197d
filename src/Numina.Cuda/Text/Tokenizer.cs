using System.Text;
using Numina.Cuda.Text.Loading;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text;

/// <summary>
/// A Hugging Face tokenizer.json with a BPE model: gives exactly the ids, tokens, offsets and texts of the <c>tokenizers</c> library. Immutable; may be used by
/// many threads at once.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerParts _parts;

    // Encoders that are not in use; each slot is taken and filled atomically, so no lock is held while a text is encoded.
    private readonly Encoder?[] _idle = new Encoder?[Environment.ProcessorCount];

    private Tokenizer(TokenizerParts parts)
    {
        _parts = parts;
        VocabularySize = Math.Max(parts.Model.Vocabulary.LargestId, parts.Added.LargestId) + 1;
    }

    /// <summary>One more than the largest id.</summary>
    public int VocabularySize { get; }

    /// <summary>Reads tokenizer.json, or else tokenizer.json.gz, of a folder.</summary>
    /// <exception cref="TokenizerException">There is no such file, or it is malformed or not supported.</exception>
    public static Tokenizer Load(string folder) => new(TokenizerReader.ReadFolder(folder));

    /// <summary>Reads the text of a tokenizer.json.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What errors call the file.</param>
    /// <exception cref="TokenizerException">The text is malformed or not supported.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> json, string name = "tokenizer.json") => new(TokenizerReader.Read(json, name));

    /// <summary>Token ids of a text; once buffers have grown the result is all that is allocated.</summary>
    /// <param name="text">Surrogates without a partner count as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the post-processor adds its tokens.</param>
    /// <exception cref="TokenizerException">The file's truncation can't be applied, or its unknown token is needed and missing.</exception>
    public int[] Encode(string text, bool addSpecialTokens = true)
    {
        Encoder encoder = Take();
        try
        {
            return encoder.Encode(text, hasPair: false, default, addSpecialTokens, detailed: false).Ids.ToArray();
        }
        finally
        {
            Return(encoder);
        }
    }

    /// <summary>How many ids <see cref="Encode"/> would give.</summary>
    public int Count(string text, bool addSpecialTokens = true)
    {
        Encoder encoder = Take();
        try
        {
            return encoder.Encode(text, hasPair: false, default, addSpecialTokens, detailed: false).Count;
        }
        finally
        {
            Return(encoder);
        }
    }

    /// <summary>Tokens of a text, or of a pair of texts, with the parts of the text they stand for.</summary>
    /// <exception cref="TokenizerException">As for <see cref="Encode"/>.</exception>
    public TokenEncoding EncodeWithOffsets(string text, string? pair = null, bool addSpecialTokens = true)
    {
        Encoder encoder = Take();
        try
        {
            TokenList tokens = encoder.Encode(text, pair != null, pair, addSpecialTokens, detailed: true);
            return new TokenEncoding(
                tokens.Ids.ToArray(),
                [.. tokens.Details.Select(detail => detail.Token)],
                [.. tokens.Details.Select(detail => (detail.Start, detail.End))],
                [.. tokens.Details.Select(detail => detail.TypeId)]);
        }
        finally
        {
            Return(encoder);
        }
    }

    /// <summary>The text of tokens; ids that are not in the vocabulary give nothing.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        List<string> texts = new(ids.Length);
        foreach (int id in ids)
        {
            if (TextOf(id) is { } text && !(skipSpecialTokens && _parts.Added.IsSpecial(text)))
            {
                texts.Add(text);
            }
        }

        if (_parts.Decoder == null)
        {
            return string.Join(' ', texts);
        }

        _parts.Decoder.Decode(texts);
        return texts.Count == 1 ? texts[0] : string.Concat(texts);
    }

    /// <summary>Whether decoding surely ends in a character that is incomplete; looks at the last tokens only, for which <paramref name="tail"/> lends room.</summary>
    internal bool EndsOpen(ReadOnlySpan<int> ids, bool skipSpecialTokens, string[] tail)
    {
        int start = tail.Length;
        for (int i = ids.Length - 1; i >= 0 && start > 0; i--)
        {
            if (TextOf(ids[i]) is { } text && !(skipSpecialTokens && _parts.Added.IsSpecial(text)))
            {
                tail[--start] = text;
            }
        }

        return _parts.Decoder?.EndsOpen(tail.AsSpan(start)) ?? false;
    }

    /// <summary>Decodes token by token, for live output.</summary>
    public TextStream CreateStream(bool skipSpecialTokens = false) => new(this, skipSpecialTokens);

    /// <summary>The id of a token as the vocabulary spells it, added tokens first; null when there is none.</summary>
    public int? TokenId(string token) => _parts.Added.Id(token) ?? _parts.Model.Vocabulary.Id(token);

    /// <summary>The token of an id as the vocabulary spells it; null when there is none.</summary>
    public string? Token(int id) => TextOf(id);

    private string? TextOf(int id) => _parts.Added.Text(id) ?? _parts.Model.Vocabulary.Token(id);

    private Encoder Take()
    {
        foreach (ref Encoder? slot in _idle.AsSpan())
        {
            if (Interlocked.Exchange(ref slot, null) is { } encoder)
            {
                return encoder;
            }
        }

        return new Encoder(_parts);
    }

    private void Return(Encoder encoder)
    {
        foreach (ref Encoder? slot in _idle.AsSpan())
        {
            if (Interlocked.CompareExchange(ref slot, encoder, null) == null)
            {
                return;
            }
        }
    }
}
