using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>The conditions on a position, with Oniguruma's meaning: ^ and $ are per line, and only a line feed ends one.</summary>
internal static class PatternAnchors
{
    private static readonly CodePointSet Word = new(UnicodeProperties.Word);

    /// <summary>Whether an anchor holds, given where the search for this match began and where the innermost look-behind must end.</summary>
    public static bool Holds(AnchorKind anchor, ReadOnlySpan<int> text, int position, int searchStart, int behindEnd) => anchor switch
    {
        // After a newline at the very end no new line begins.
        AnchorKind.LineStart => position == 0 || (text[position - 1] == '\n' && position < text.Length),
        AnchorKind.LineEnd => position == text.Length || text[position] == '\n',
        AnchorKind.TextStart => position == 0,
        AnchorKind.TextEnd => position == text.Length,
        AnchorKind.TextEndBeforeNewline => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        AnchorKind.SearchStart => position == searchStart,
        AnchorKind.BehindEnd => position == behindEnd,
        AnchorKind.WordBoundary => IsBoundary(text, position),
        _ => !IsBoundary(text, position),
    };

    private static bool IsBoundary(ReadOnlySpan<int> text, int position) =>
        (position > 0 && Word.Contains(text[position - 1])) != (position < text.Length && Word.Contains(text[position]));
}
