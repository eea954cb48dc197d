using System.Numerics;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>The notebook's way from texts to one number: its box reader, its filter and its vote.</summary>
public static class NotebookAnswer
{
    /// <summary>A sample without an answer holds this text; it takes part in everything and is dropped by <see cref="Filter"/> as a negative number.</summary>
    public const string None = "-1";

    private const int Modulus = 1000;
    private const string BoxStart = @"\boxed{";

    /// <summary>The inside of the last <c>\boxed{...}</c>; null where the last one is not exactly of this form, an earlier good one notwithstanding.</summary>
    public static string? ExtractBoxed(string text)
    {
        int start = text.LastIndexOf(@"\boxed", StringComparison.Ordinal);
        if (start < 0)
        {
            start = text.LastIndexOf(@"\fbox", StringComparison.Ordinal);
        }

        int end = start < 0 ? -1 : ClosingBrace(text, start);
        return end >= 0 && text.AsSpan(start).StartsWith(BoxStart, StringComparison.Ordinal) ? text[(start + BoxStart.Length)..end] : null;
    }

    /// <summary>The answer as the notebook rounds it; null for negatives and for what is no number.</summary>
    public static BigInteger? Value(string? answer)
    {
        BigInteger? value = answer != null && PythonNumber.Float(answer) is double number ? PythonNumber.Round(number) : null;
        return value is { Sign: >= 0 } ? value : null;
    }

    /// <summary>The values modulo 1000 of those that have one.</summary>
    public static IReadOnlyList<int> Filter(IEnumerable<string?> answers) =>
        [.. answers.Select(Value).OfType<BigInteger>().Select(value => (int)Vote.Reduce(value, Modulus))];

    /// <summary>The value with most votes, of several the one seen first; 0 for no votes.</summary>
    public static int MajorityVote(IReadOnlyList<int> votes)
    {
        int winner = 0;
        int most = 0;
        foreach (IGrouping<int, int> group in votes.GroupBy(vote => vote))
        {
            int count = group.Count();
            (winner, most) = count > most ? (group.Key, count) : (winner, most);
        }

        return winner;
    }

    private static int ClosingBrace(string text, int start)
    {
        int open = 0;
        for (int i = start; i < text.Length; i++)
        {
            open += text[i] == '{' ? 1 : 0;
            if (text[i] == '}' && --open == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
