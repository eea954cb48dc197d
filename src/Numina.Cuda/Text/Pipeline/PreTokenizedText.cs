using Numina.Cuda.Text.Patterns;

namespace Numina.Cuda.Text.Pipeline;

/// <summary>
/// A part of the text on its way to the model. <paramref name="Token"/> is the id of the added token it is, or -1 while it is text; <paramref name="Origin"/>
/// is the code point of the original text at which it was cut out.
/// </summary>
internal readonly record struct Piece(int Start, int Length, int Origin, int Token = -1)
{
    public bool IsText => Token < 0;
}

/// <summary>The text as a list of pieces that the normalizer and the pre-tokenizers cut ever finer. Reusable; pieces are never empty.</summary>
internal sealed class PreTokenizedText
{
    private readonly MatchList _matches = new();
    private readonly MatchList _ranges = new();
    private Piece[] _pieces = new Piece[64];
    private Piece[] _cut = new Piece[64];
    private int _cutCount;

    public PatternMatcher Matcher { get; } = new();

    /// <summary>Holds the text of all pieces.</summary>
    public NormalizedText Text { get; private set; } = new();

    /// <summary>Where a step that changes the text writes; <see cref="EndRewrite"/> makes it <see cref="Text"/>.</summary>
    public NormalizedText Rewritten { get; private set; } = new();

    public int Count { get; private set; }

    public ReadOnlySpan<Piece> Pieces => _pieces.AsSpan(0, Count);

    public ReadOnlySpan<int> PointsOf(Piece piece) => Text.Points.Slice(piece.Start, piece.Length);

    /// <summary>Starts over with one piece, the whole text.</summary>
    public void Load(ReadOnlySpan<char> text)
    {
        Text.Clear();
        Text.Origin = 0;
        Text.AppendOriginal(text);
        BeginCut();
        AddPiece(0, Text.Length, 0, -1);
        EndCut();
    }

    public void BeginCut() => _cutCount = 0;

    public void BeginRewrite()
    {
        Rewritten.Clear();
        BeginCut();
    }

    public void Keep(Piece piece) => AddPiece(piece.Start, piece.Length, piece.Origin, piece.Token);

    public void AddPiece(int start, int length, int origin, int token)
    {
        if (length == 0)
        {
            return;
        }

        if (_cutCount == _cut.Length)
        {
            Array.Resize(ref _cut, _cutCount * 2);
        }

        _cut[_cutCount++] = new Piece(start, length, origin, token);
    }

    public void EndCut()
    {
        (_pieces, _cut) = (_cut, _pieces);
        Count = _cutCount;
    }

    public void EndRewrite()
    {
        (Text, Rewritten) = (Rewritten, Text);
        EndCut();
    }

    /// <summary>Cuts every text piece by a pattern.</summary>
    public void Split(TextPattern pattern, SplitBehavior behavior, bool invert)
    {
        BeginCut();
        foreach (Piece piece in Pieces)
        {
            if (!piece.IsText)
            {
                Keep(piece);
                continue;
            }

            _matches.Clear();
            pattern.FindMatches(PointsOf(piece), Matcher, _matches);
            foreach (TextMatch range in Arrange(behavior, invert))
            {
                if (range.End > range.Start)
                {
                    AddPiece(piece.Start + range.Start, range.End - range.Start, Text.Starts[piece.Start + range.Start], -1);
                }
            }
        }

        EndCut();
    }

    private ReadOnlySpan<TextMatch> Arrange(SplitBehavior behavior, bool invert)
    {
        if (behavior == SplitBehavior.Isolated)
        {
            return _matches.Items;
        }

        _ranges.Clear();
        switch (behavior)
        {
            case SplitBehavior.Removed:
                foreach (TextMatch match in _matches.Items)
                {
                    if (match.IsMatch == invert)
                    {
                        _ranges.Add(match.Start, match.End, match.IsMatch);
                    }
                }

                break;
            case SplitBehavior.MergedWithNext:
                MergeBackwards(invert);
                break;
            default:
                MergeForwards(behavior, invert);
                break;
        }

        return _ranges.Items;
    }

    private void MergeForwards(SplitBehavior behavior, bool invert)
    {
        bool previous = false;
        foreach (TextMatch match in _matches.Items)
        {
            bool isMatch = match.IsMatch != invert;
            bool joins = behavior == SplitBehavior.Contiguous ? isMatch == previous : isMatch && !previous;
            if (joins && _ranges.Count > 0)
            {
                _ranges.ExtendLast(match.End);
            }
            else
            {
                _ranges.Add(match.Start, match.End, isMatch);
            }

            previous = isMatch;
        }
    }

    private void MergeBackwards(bool invert)
    {
        bool previous = false;
        ReadOnlySpan<TextMatch> matches = _matches.Items;
        for (int i = matches.Length - 1; i >= 0; i--)
        {
            bool isMatch = matches[i].IsMatch != invert;
            if (isMatch && !previous && _ranges.Count > 0)
            {
                _ranges.ExtendLastBack(matches[i].Start);
            }
            else
            {
                _ranges.Add(matches[i].Start, matches[i].End, isMatch);
            }

            previous = isMatch;
        }

        _ranges.Reverse();
    }
}
