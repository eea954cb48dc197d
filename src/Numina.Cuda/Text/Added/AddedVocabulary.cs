using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Added;

/// <summary>
/// The added tokens and how they are cut out: those with normalized=false from the raw text, then the others, in their normalized form, from the normalized rest.
/// </summary>
internal sealed class AddedVocabulary
{
    private static readonly CodePointSet Word = new(UnicodeProperties.RustWord);
    private static readonly CodePointSet WhiteSpace = new(UnicodeProperties.WhiteSpace);
    private readonly Dictionary<int, AddedToken> _tokens;
    private readonly Dictionary<int, string> _normalized;
    private readonly Dictionary<string, int> _ids;
    private readonly HashSet<string> _special;
    private readonly TokenTrie? _raw;
    private readonly TokenTrie? _afterNormalizing;

    /// <summary><paramref name="normalized"/> holds the normalized forms that differ from the content.</summary>
    public AddedVocabulary(Dictionary<int, AddedToken> tokens, Dictionary<string, int> ids, Dictionary<int, string> normalized)
    {
        _tokens = tokens;
        _ids = ids;
        _normalized = normalized;
        _special = [.. tokens.Values.Where(token => token.Special).Select(token => token.Content)];
        _raw = Trie(tokens.Where(pair => !pair.Value.Normalized).Select(pair => (pair.Value.Content, pair.Key)));
        _afterNormalizing = Trie(tokens.Where(pair => pair.Value.Normalized).Select(pair => (Text(pair.Key)!, pair.Key)));
    }

    public int LargestId => _tokens.Count == 0 ? -1 : _tokens.Keys.Max();

    public int? Id(string content) => _ids.TryGetValue(content, out int id) ? id : null;

    /// <summary>The text of an added token as decoding sees it, or null when the id is not one.</summary>
    public string? Text(int id) => _normalized.GetValueOrDefault(id) ?? _tokens.GetValueOrDefault(id)?.Content;

    public bool IsSpecial(string token) => _special.Contains(token);

    /// <summary>Cuts the added tokens out of a freshly loaded text and normalizes the rest.</summary>
    public void Extract(PreTokenizedText text, Normalizer? normalizer, NormalizedText work, NormalizerScratch scratch)
    {
        if (_raw != null)
        {
            text.BeginCut();
            foreach (Piece piece in text.Pieces)
            {
                Cut(_raw, text, text.Text, piece.Start, piece.Length);
            }

            text.EndCut();
        }

        if (normalizer != null)
        {
            Normalize(text, normalizer, work, scratch);
        }
        else if (_afterNormalizing != null)
        {
            text.BeginCut();
            foreach (Piece piece in text.Pieces)
            {
                if (piece.IsText)
                {
                    Cut(_afterNormalizing, text, text.Text, piece.Start, piece.Length);
                }
                else
                {
                    text.Keep(piece);
                }
            }

            text.EndCut();
        }
    }

    private void Normalize(PreTokenizedText text, Normalizer normalizer, NormalizedText work, NormalizerScratch scratch)
    {
        text.BeginRewrite();
        foreach (Piece piece in text.Pieces)
        {
            int start = text.Rewritten.Length;
            if (!piece.IsText)
            {
                text.Rewritten.Append(text.Text, piece.Start, piece.Length);
                text.AddPiece(start, piece.Length, piece.Origin, piece.Token);
                continue;
            }

            work.CopyFrom(text.Text, piece.Start, piece.Length, piece.Origin);
            normalizer.Normalize(work, scratch);
            text.Rewritten.Append(work, 0, work.Length);
            Cut(_afterNormalizing, text, text.Rewritten, start, work.Length);
        }

        text.EndRewrite();
    }

    /// <summary>Adds the pieces of a part of <paramref name="holder"/>: its added tokens and what lies between.</summary>
    private void Cut(TokenTrie? trie, PreTokenizedText text, NormalizedText holder, int offset, int length)
    {
        ReadOnlySpan<int> points = holder.Points.Slice(offset, length);
        ReadOnlySpan<int> starts = holder.Starts.Slice(offset, length);
        int done = 0;
        int from = 0;
        while (trie != null && trie.TryFind(points, from, out int start, out int matched, out int id))
        {
            int end = start + matched;
            from = end;
            AddedToken token = _tokens[id];
            if (token.SingleWord && ((start > 0 && Word.Contains(points[start - 1])) || (end < points.Length && Word.Contains(points[end]))))
            {
                continue;
            }

            start = token.StripLeft ? Math.Max(SkipBack(points, start), done) : start;
            end = token.StripRight ? Skip(points, end) : end;
            if (done < start)
            {
                text.AddPiece(offset + done, start - done, starts[done], -1);
            }

            text.AddPiece(offset + start, end - start, starts[start], id);
            done = end;
        }

        if (done < points.Length)
        {
            text.AddPiece(offset + done, points.Length - done, starts[done], -1);
        }
    }

    private static int SkipBack(ReadOnlySpan<int> points, int at)
    {
        while (at > 0 && WhiteSpace.Contains(points[at - 1]))
        {
            at--;
        }

        return at;
    }

    private static int Skip(ReadOnlySpan<int> points, int at)
    {
        while (at < points.Length && WhiteSpace.Contains(points[at]))
        {
            at++;
        }

        return at;
    }

    private static TokenTrie? Trie(IEnumerable<(string, int)> entries) => entries.ToList() is { Count: > 0 } list ? new TokenTrie(list) : null;
}
