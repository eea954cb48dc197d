using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>
/// Oniguruma, asked to ignore case, takes some characters and sequences as equal: 'ß' and "ss", U+FB01 and "fi". That is not built here, so a pattern in which
/// it could show is refused.
/// </summary>
internal static class MultipleFolds
{
    private static readonly CodePointRanges Characters = CodePointRanges.OfPairs(
        (0xDF, 0xDF), (0x130, 0x130), (0x149, 0x149), (0x1F0, 0x1F0), (0x390, 0x390), (0x3B0, 0x3B0), (0x587, 0x587), (0x1E96, 0x1E9A), (0x1E9E, 0x1E9E),
        (0x1F50, 0x1F57), (0x1F80, 0x1FFC), (0xFB00, 0xFB06), (0xFB13, 0xFB17));

    // What may follow the first character of a sequence: combining marks, a raised comma's n, iota and Armenian letters.
    private static readonly CodePointRanges Seconds = CodePointRanges.OfPairs((0x2BE, 0x2BE), (0x300, 0x36F), (0x399, 0x399), (0x3B9, 0x3B9), (0x531, 0x586));

    /// <param name="previous">The character just before in the pattern, or -1.</param>
    /// <param name="point">A character that matches in any case.</param>
    public static void Check(int previous, int point)
    {
        bool pair = previous >= 0 && (Seconds.Contains(point) || previous == 0x2BC || (Fold(previous), Fold(point)) is ('s', 's') or ('f', 'f' or 'i' or 'l') or ('s', 't'));
        if (pair || Characters.Contains(point))
        {
            string found = (previous >= 0 && pair ? char.ConvertFromUtf32(previous) : "") + char.ConvertFromUtf32(point);
            throw new PatternException($"'{found}' under (?i), which Oniguruma also matches with other numbers of characters");
        }
    }

    /// <summary>A class with such a character matches its sequence too; that can't show where the class holds all letters of these anyway.</summary>
    public static void Check(CodePointRanges set, bool negated)
    {
        if (!negated && !set.Intersect(Characters).IsEmpty && !CodePointRanges.Between('a', 'z').Except(set).IsEmpty)
        {
            throw new PatternException("a class under (?i) with a character such as 'ß', which Oniguruma also matches with other numbers of characters");
        }
    }

    private static int Fold(int point) => point == 0x17F ? 's' : point < 128 ? char.ToLowerInvariant((char)point) : point;
}
