using System.Text;

namespace Numina.Cuda.Solving;

/// <summary>Windows of a text counted in Unicode code points, as Python counts; a .NET string counts UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>The first <paramref name="count"/> code points, or the whole text.</summary>
    public static string First(string text, int count)
    {
        int end = 0;
        for (; count > 0 && end < text.Length; count--)
        {
            end += Width(text, end);
        }

        return text[..end];
    }

    /// <summary>The last <paramref name="count"/> code points, or the whole text.</summary>
    public static string Last(string text, int count)
    {
        int start = text.Length;
        for (; count > 0 && start > 0; count--)
        {
            start -= start > 1 && char.IsSurrogatePair(text[start - 2], text[start - 1]) ? 2 : 1;
        }

        return text[start..];
    }

    /// <summary>The first code points and the mark behind them, where there are more than <paramref name="limit"/>.</summary>
    public static string Truncate(string text, int limit, string mark)
    {
        string head = First(text, limit);
        return head.Length == text.Length ? text : head + mark;
    }

    /// <summary>Whether every code point satisfies the condition; false for the empty text, as Python's <c>str.isdigit</c> has it.</summary>
    public static bool All(string text, Func<Rune, bool> condition)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!condition(rune))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static int Width(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
}
