using System.Text;

namespace Numina.Cuda.Text.Decoders;

/// <summary>String operations where Rust's standard library and .NET differ.</summary>
internal static class RustText
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"),
        (" 're", "'re"),
    ];

    /// <summary>Replaces all occurrences; an empty one occurs before every character and at the end.</summary>
    public static string Replace(string text, string from, string to)
    {
        if (from.Length > 0)
        {
            return text.Replace(from, to, StringComparison.Ordinal);
        }

        StringBuilder result = new(to);
        foreach (Rune rune in text.EnumerateRunes())
        {
            result.Append(rune).Append(to);
        }

        return result.ToString();
    }

    /// <summary>Removes the spaces that tokenizing put before punctuation and English contractions.</summary>
    public static string CleanUp(string text)
    {
        foreach ((string from, string to) in CleanUps)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        return text;
    }
}
