using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.PreTokenizers;

/// <summary>Which pieces get the replacement character before them.</summary>
internal enum PrependScheme
{
    First,
    Never,
    Always,
}

/// <summary>SentencePiece's step: spaces become a visible character, which is also put before pieces, and words are cut before it.</summary>
internal sealed class MetaspacePreTokenizer(int replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly TextPattern _pattern = new TextPattern.EachOf(new CodePointSet(CodePointRanges.Of(replacement)));

    public override void Apply(PreTokenizedText text)
    {
        text.BeginRewrite();
        foreach (Piece piece in text.Pieces)
        {
            int start = text.Rewritten.Length;
            if (piece.IsText)
            {
                Replace(text.Text, piece, text.Rewritten);
            }
            else
            {
                text.Rewritten.Append(text.Text, piece.Start, piece.Length);
            }

            text.AddPiece(start, text.Rewritten.Length - start, piece.Origin, piece.Token);
        }

        text.EndRewrite();
        if (split)
        {
            text.Split(_pattern, SplitBehavior.MergedWithNext, invert: false);
        }
    }

    private void Replace(NormalizedText source, Piece piece, NormalizedText target)
    {
        int first = source.Points[piece.Start];
        bool wanted = scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.Origin == 0);
        if (wanted && first != replacement && first != ' ')
        {
            target.Append(replacement, source.Starts[piece.Start], source.Ends[piece.Start]);
        }

        for (int i = piece.Start; i < piece.Start + piece.Length; i++)
        {
            int point = source.Points[i];
            target.Append(point == ' ' ? replacement : point, source.Starts[i], source.Ends[i]);
        }
    }
}
