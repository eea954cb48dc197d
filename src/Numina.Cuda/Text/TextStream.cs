using System.Runtime.InteropServices;

namespace Numina.Cuda.Text;

/// <summary>
/// Decodes one token at a time and gives text as soon as it is final: never half a character, never a U+FFFD that the next token may still complete. Equal to the
/// DecodeStream of Hugging Face's tokenizers. One per sequence; not thread safe.
/// </summary>
public sealed class TextStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly List<int> _ids = [];
    private string _prefix = "";
    private int _prefixLength;

    internal TextStream(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Adds a token. Returns the text that became final, or null when there is none yet.</summary>
    public string? Push(int id)
    {
        if (_prefix.Length == 0 && _ids.Count > 0 && Decode() is var first && !first.EndsWith('\uFFFD'))
        {
            (_prefix, _prefixLength) = (first, _ids.Count);
        }

        _ids.Add(id);
        string text = Decode();
        if (text.Length <= _prefix.Length || text.EndsWith('\uFFFD'))
        {
            return null;
        }

        // Where a later token changes what was given out before, the common part is all there is to go on from.
        string piece = text.StartsWith(_prefix, StringComparison.Ordinal) ? text[_prefix.Length..] : text[CommonPrefix(text)..];
        int kept = _ids.Count - _prefixLength;
        _ids.RemoveRange(0, _prefixLength);
        _prefix = Decode();
        _prefixLength = kept;
        return piece;
    }

    private int CommonPrefix(string text) => text.AsSpan().CommonPrefixLength(_prefix);

    private string Decode() => _tokenizer.Decode(CollectionsMarshal.AsSpan(_ids), _skipSpecialTokens);
}
