using System.Runtime.InteropServices;
using System.Text;

namespace Numina.Cuda.Text;

/// <summary>
/// Decodes one token at a time and gives text as soon as it is final: never half a character, never a U+FFFD that the next token may still complete. Equal to the
/// DecodeStream of Hugging Face's tokenizers, but where a token changes what was already given (which is an error there) it goes on with what comes after the part
/// in common. Only the tokens since the last text are decoded again, so a token costs O(1) amortised. One per sequence; not thread safe.
/// </summary>
public sealed class TextStream
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly List<int> _ids = [];

    // A character has at most four bytes, so the last four tokens tell whether it is complete.
    private readonly string[] _tail = new string[4];
    private string _prefix = "";
    private int _prefixLength;

    internal TextStream(Tokenizer tokenizer, bool skipSpecialTokens)
    {
        _tokenizer = tokenizer;
        _skipSpecialTokens = skipSpecialTokens;
    }

    private ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    /// <summary>Adds a token. Returns the text that became final, or null when there is none yet.</summary>
    public string? Push(int id)
    {
        if (_prefix.Length == 0 && _ids.Count > 0 && DecodeClosed() is { } first)
        {
            (_prefix, _prefixLength) = (first, _ids.Count);
        }

        _ids.Add(id);
        if (DecodeClosed() is not { } text || !IsLonger(text))
        {
            return null;
        }

        string piece = text[text.AsSpan().CommonPrefixLength(_prefix)..];
        int kept = _ids.Count - _prefixLength;
        _ids.RemoveRange(0, _prefixLength);
        _prefix = _tokenizer.Decode(Ids, _skipSpecialTokens);
        _prefixLength = kept;
        return piece;
    }

    /// <summary>In UTF-8, as the reference measures.</summary>
    private bool IsLonger(string text) => text.StartsWith(_prefix, StringComparison.Ordinal)
        ? text.Length > _prefix.Length
        : Encoding.UTF8.GetByteCount(text) > Encoding.UTF8.GetByteCount(_prefix);

    /// <summary>The text of the tokens that are held, or null when it ends in a character that may be incomplete.</summary>
    private string? DecodeClosed() =>
        !_tokenizer.EndsOpen(Ids, _skipSpecialTokens, _tail) && _tokenizer.Decode(Ids, _skipSpecialTokens) is var text && !text.EndsWith('\uFFFD') ? text : null;
}
