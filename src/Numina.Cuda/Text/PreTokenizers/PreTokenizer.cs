using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.PreTokenizers;

/// <summary>Cuts the text into words; tokens never cross their borders.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts and may change the text pieces. Immutable itself.</summary>
    public abstract void Apply(PreTokenizedText text);
}

/// <summary>One after the other.</summary>
internal sealed class SequencePreTokenizer(PreTokenizer[] preTokenizers) : PreTokenizer
{
    public override void Apply(PreTokenizedText text)
    {
        foreach (PreTokenizer preTokenizer in preTokenizers)
        {
            preTokenizer.Apply(text);
        }
    }
}

/// <summary>Cuts by a pattern. Split, Digits, Punctuation, Whitespace, WhitespaceSplit and CharDelimiterSplit are this with different patterns.</summary>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public override void Apply(PreTokenizedText text) => text.Split(pattern, behavior, invert);
}

/// <summary>Cuts into runs of a fixed number of code points.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    public override void Apply(PreTokenizedText text)
    {
        text.BeginCut();
        foreach (Piece piece in text.Pieces)
        {
            if (!piece.IsText)
            {
                text.Keep(piece);
                continue;
            }

            for (int at = 0; at < piece.Length; at += length)
            {
                int start = piece.Start + at;
                text.AddPiece(start, Math.Min(length, piece.Length - at), text.Text.Starts[start], -1);
            }
        }

        text.EndCut();
    }
}
