using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.PreTokenizers;

/// <summary>
/// Cuts where the script changes; Hiragana and Katakana count as Han, and spaces and what has no script belong to any. As in the reference, what comes before the
/// first character with a script is dropped.
/// </summary>
internal sealed class ScriptPreTokenizer : PreTokenizer
{
    private const int LongVowelMark = 0x30FC;

    public override void Apply(PreTokenizedText text)
    {
        text.BeginCut();
        foreach (Piece piece in text.Pieces)
        {
            if (piece.IsText)
            {
                Cut(text, piece);
            }
            else
            {
                text.Keep(piece);
            }
        }

        text.EndCut();
    }

    private static void Cut(PreTokenizedText text, Piece piece)
    {
        string? last = null;
        int start = piece.Length;
        for (int i = 0; i < piece.Length; i++)
        {
            if (Script(text.Text.Points[piece.Start + i]) is not { } script)
            {
                continue;
            }

            if (last == null)
            {
                start = i;
            }
            else if (last != script)
            {
                Add(text, piece, start, i);
                start = i;
            }

            last = script;
        }

        Add(text, piece, start, piece.Length);
    }

    private static void Add(PreTokenizedText text, Piece piece, int start, int end)
    {
        if (end > start)
        {
            text.AddPiece(piece.Start + start, end - start, text.Text.Starts[piece.Start + start], -1);
        }
    }

    private static string? Script(int point) => point switch
    {
        LongVowelMark => "Han",
        ' ' => null,
        _ => UnicodeScripts.ScriptOf(point) is "Hiragana" or "Katakana" ? "Han" : UnicodeScripts.ScriptOf(point),
    };
}
