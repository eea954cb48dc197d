using System.Text.RegularExpressions;

namespace Numina.Cuda.Solving.Answers;

/// <summary>Finds the answer in the prose of one turn: the last closed box, else what stands behind the last "answer is".</summary>
public static partial class AnswerExtractor
{
    /// <summary>
    /// The answer as it was written, or null. A closed box is an answer whatever it holds; words behind "answer is" are one only if they read as an integer, since
    /// "the answer is plausible" answers nothing.
    /// </summary>
    public static string? Find(string prose)
    {
        if (LastBox(prose) is { } boxed)
        {
            return boxed;
        }

        return BehindPhrase(prose) is { } text && AnswerNormalizer.Integer(text) != null ? text : null;
    }

    /// <summary>The inside of the last closed <c>\boxed</c>, <c>\fbox</c> or <c>\framebox</c>; of nested boxes the inner one.</summary>
    public static string? LastBox(string text)
    {
        MatchCollection commands = BoxCommand().Matches(text);
        for (int i = commands.Count - 1; i >= 0; i--)
        {
            if (ReadBox(text, commands[i].Index + commands[i].Length) is { } inside)
            {
                return inside;
            }
        }

        return null;
    }

    /// <summary>What stands behind the last "answer is" or "answer:", to the end of the formula or of the clause.</summary>
    internal static string? BehindPhrase(string text)
    {
        MatchCollection phrases = Phrase().Matches(text);
        if (phrases.Count == 0)
        {
            return null;
        }

        string behind = text[(phrases[^1].Index + phrases[^1].Length)..].Trim();
        Match formula = LeadingFormula().Match(behind);
        if (formula.Success && !ListGoesOn().IsMatch(behind[formula.Length..]))
        {
            return formula.Value;
        }

        Match end = ClauseEnd().Match(behind);
        return end.Success ? behind[..end.Index] : behind;
    }

    /// <summary>A brace group, or without one the number or command that follows.</summary>
    private static string? ReadBox(string text, int start)
    {
        int at = start;
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '}')
        {
            at++;
        }

        if (at < text.Length && text[at] == '{')
        {
            int end = ClosingBrace(text, at);
            return end < 0 ? null : text[(at + 1)..end];
        }

        Match bare = BareBox().Match(text[start..]);
        return bare.Success ? bare.Groups[1].Value.TrimEnd('.', ',', ';', ':') : null;
    }

    /// <summary>The brace that closes the one at <paramref name="open"/>; what a backslash escapes does not count. -1 for none.</summary>
    private static int ClosingBrace(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '{':
                    depth++;
                    break;
                case '}' when --depth == 0:
                    return i;
            }
        }

        return -1;
    }

    [GeneratedRegex(@"\\(?:boxed|fbox|framebox)(?![A-Za-z])(?:\s*\[[^\]\n]*\])*")]
    private static partial Regex BoxCommand();

    [GeneratedRegex(@"\A[ \t]*([+\-\u2212]?[0-9\\][^\s$}]*)")]
    private static partial Regex BareBox();

    [GeneratedRegex(@"\banswer[\s*_]*(?:is\b|:|=)[\s*_:]*", RegexOptions.IgnoreCase)]
    private static partial Regex Phrase();

    [GeneratedRegex(@"\A(?:\$\$[^$]+\$\$|\$[^$]+\$|\\\(.+?\\\)|\\\[.+?\\\])", RegexOptions.Singleline)]
    private static partial Regex LeadingFormula();

    [GeneratedRegex(@"\A\s*(?:,|and\b|or\b)\s*(?:and\b|or\b)?\s*[\\$0-9]")]
    private static partial Regex ListGoesOn();

    [GeneratedRegex(@"\n|\.(?=\s|\z)|;|,(?=\s+(?!or\b|and\b)[A-Za-z])|\b(?:because|since|as|which|where|when)\b")]
    private static partial Regex ClauseEnd();
}
