using System.Text;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Splitting and replacing as Python's str does.</summary>
internal static class TextSearch
{
    public static int Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return CodePoints.Length(text) + 1;
        }

        int count = 0;
        for (int at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length)
        {
            count++;
        }

        return count;
    }

    /// <param name="text">The text.</param>
    /// <param name="old">What is replaced; the empty text stands before, between and after all characters.</param>
    /// <param name="replacement">What comes instead.</param>
    /// <param name="limit">The most replacements, or negative for all.</param>
    /// <param name="interpreter">Counts the result.</param>
    public static string Replace(string text, string old, string replacement, int limit, Interpreter interpreter)
    {
        long occurrences = Count(text, old);
        long replaced = limit < 0 ? occurrences : Math.Min(limit, occurrences);
        interpreter.Allocate(text.Length + (replaced * ((long)replacement.Length - old.Length)));
        StringBuilder result = new();
        int at = 0;
        if (old.Length == 0)
        {
            foreach (string character in CodePoints.Characters(text))
            {
                result.Append(replaced-- > 0 ? replacement : "").Append(character);
            }

            return result.Append(replaced > 0 ? replacement : "").ToString();
        }

        for (; replaced > 0; replaced--)
        {
            int found = text.IndexOf(old, at, StringComparison.Ordinal);
            result.Append(text, at, found - at).Append(replacement);
            at = found + old.Length;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <param name="text">The text.</param>
    /// <param name="separator">What stands between parts; null for runs of white space, of which none is left at the ends.</param>
    /// <param name="limit">The most splits, or negative for all.</param>
    /// <param name="fromEnd">Count the splits from the end.</param>
    /// <param name="interpreter">Counts the result.</param>
    public static PyList Split(string text, string? separator, int limit, bool fromEnd, Interpreter interpreter)
    {
        limit = limit < 0 ? int.MaxValue : limit;
        List<object?> parts = separator == null
            ? fromEnd ? SplitSpaceFromEnd(text, limit) : SplitSpace(text, limit)
            : fromEnd ? SplitFromEnd(text, separator, limit) : SplitBy(text, separator, limit);
        interpreter.Allocate((long)parts.Count + text.Length);
        return new PyList(parts);
    }

    public static PyTuple Partition(string text, string separator, bool last)
    {
        int found = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        if (found < 0)
        {
            return new PyTuple(last ? ["", "", text] : [text, "", ""]);
        }

        return new PyTuple([text[..found], separator, text[(found + separator.Length)..]]);
    }

    public static List<string> Lines(string text, bool keepEnds, Interpreter interpreter)
    {
        List<string> lines = [];
        for (int at = 0; at < text.Length;)
        {
            interpreter.Step();
            int end = at;
            while (end < text.Length && !CodePoints.IsLineBreak(text[end]))
            {
                end++;
            }

            int next = end == text.Length ? end : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            lines.Add(text[at..(keepEnds ? next : end)]);
            at = next;
        }

        interpreter.Allocate(text.Length);
        return lines;
    }

    public static string ExpandTabs(string text, int size, Interpreter interpreter)
    {
        StringBuilder result = new();
        int column = 0;
        foreach (string character in CodePoints.Characters(text))
        {
            int spaces = character == "\t" && size > 0 ? size - (column % size) : 0;
            interpreter.Allocate(spaces);
            result.Append(' ', spaces).Append(character == "\t" ? "" : character);
            column = character is "\n" or "\r" ? 0 : column + (character == "\t" ? spaces : 1);
        }

        return result.ToString();
    }

    private static List<object?> SplitBy(string text, string separator, int limit)
    {
        List<object?> parts = [];
        int at = 0;
        for (int found; parts.Count < limit && (found = text.IndexOf(separator, at, StringComparison.Ordinal)) >= 0; at = found + separator.Length)
        {
            parts.Add(text[at..found]);
        }

        parts.Add(text[at..]);
        return parts;
    }

    private static List<object?> SplitFromEnd(string text, string separator, int limit)
    {
        List<object?> parts = [];
        int end = text.Length;
        for (int found; parts.Count < limit && (found = text.AsSpan(0, end).LastIndexOf(separator)) >= 0; end = found)
        {
            parts.Add(text[(found + separator.Length)..end]);
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    private static List<object?> SplitSpace(string text, int limit)
    {
        List<object?> parts = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && CodePoints.IsSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                return parts;
            }

            int start = at;
            while (at < text.Length && (parts.Count == limit || !CodePoints.IsSpace(text[at])))
            {
                at++;
            }

            // The last part keeps the white space at its end only when the limit made it the last.
            parts.Add(text[start..at]);
        }
    }

    private static List<object?> SplitSpaceFromEnd(string text, int limit)
    {
        List<object?> parts = [];
        int end = text.Length;
        while (true)
        {
            while (end > 0 && CodePoints.IsSpace(text[end - 1]))
            {
                end--;
            }

            if (end == 0)
            {
                parts.Reverse();
                return parts;
            }

            int stop = end;
            while (end > 0 && (parts.Count == limit || !CodePoints.IsSpace(text[end - 1])))
            {
                end--;
            }

            parts.Add(text[end..stop]);
        }
    }
}
