using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.PreTokenizers;

/// <summary>GPT-2's step: an optional space before each piece, an optional split by GPT-2's pattern, and every byte replaced by its visible stand-in.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private static readonly TextPattern Gpt2 = new TextPattern.Expression(
        PatternCompiler.Compile(PatternParser.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")));

    public override void Apply(PreTokenizedText text)
    {
        if (addPrefixSpace)
        {
            PrefixSpaces(text);
        }

        if (useRegex)
        {
            text.Split(Gpt2, SplitBehavior.Isolated, invert: false);
        }

        ReplaceBytes(text);
    }

    private static void PrefixSpaces(PreTokenizedText text)
    {
        text.BeginRewrite();
        foreach (Piece piece in text.Pieces)
        {
            int start = text.Rewritten.Length;
            if (piece.IsText && text.Text.Points[piece.Start] != ' ')
            {
                text.Rewritten.Append(' ', text.Text.Starts[piece.Start], text.Text.Ends[piece.Start]);
            }

            text.Rewritten.Append(text.Text, piece.Start, piece.Length);
            text.AddPiece(start, text.Rewritten.Length - start, piece.Origin, piece.Token);
        }

        text.EndRewrite();
    }

    private static void ReplaceBytes(PreTokenizedText text)
    {
        text.BeginRewrite();
        NormalizedText target = text.Rewritten;
        foreach (Piece piece in text.Pieces)
        {
            int start = target.Length;
            if (piece.IsText)
            {
                target.AppendByteSymbols(text.Text, piece.Start, piece.Length);
            }
            else
            {
                target.Append(text.Text, piece.Start, piece.Length);
            }

            text.AddPiece(start, target.Length - start, piece.Origin, piece.Token);
        }

        text.EndRewrite();
    }
}
