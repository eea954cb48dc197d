using System.Text;
using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.PreTokenizers;

namespace Numina.Cuda.Text.Decoders;

/// <summary>Replaces every match of a pattern within each text.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : Decoder
{
    public override void Decode(List<string> texts)
    {
        PatternMatcher matcher = new();
        MatchList matches = new();
        StringBuilder replaced = new();
        NormalizedText points = new();
        for (int i = 0; i < texts.Count; i++)
        {
            matches.Clear();
            replaced.Clear();
            points.Clear();
            points.AppendOriginal(texts[i]);
            pattern.FindMatches(points.Points, matcher, matches);
            foreach (TextMatch match in matches.Items)
            {
                if (match.IsMatch)
                {
                    replaced.Append(content);
                    continue;
                }

                foreach (int point in points.Points[match.Start..match.End])
                {
                    replaced.Append(new Rune(point));
                }
            }

            texts[i] = replaced.ToString();
        }
    }
}

/// <summary>Removes up to <paramref name="start"/> of a character from the start and up to <paramref name="stop"/> from the end of each text.</summary>
internal sealed class StripDecoder(string content, int start, int stop) : Decoder
{
    public override void Decode(List<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            ReadOnlySpan<char> text = texts[i];
            for (int n = 0; n < start && text.StartsWith(content, StringComparison.Ordinal); n++)
            {
                text = text[content.Length..];
            }

            for (int n = 0; n < stop && text.EndsWith(content, StringComparison.Ordinal); n++)
            {
                text = text[..^content.Length];
            }

            texts[i] = text.Length == texts[i].Length ? texts[i] : text.ToString();
        }
    }
}

/// <summary>Turns the replacement character back into spaces; before the first word it stands for none, unless it is never put there.</summary>
internal sealed class MetaspaceDecoder(string replacement, PrependScheme scheme) : Decoder
{
    public override void Decode(List<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            texts[i] = texts[i].Replace(replacement, i == 0 && scheme != PrependScheme.Never ? "" : " ", StringComparison.Ordinal);
        }
    }
}

/// <summary>Turns the end-of-word suffix into spaces, but for the last token.</summary>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    public override void Decode(List<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            texts[i] = RustText.Replace(texts[i], suffix, i == texts.Count - 1 ? "" : " ");
        }
    }
}

/// <summary>Takes the prefix off continuing tokens, puts a space before the others and may clean up around punctuation.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : Decoder
{
    public override void Decode(List<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            string text = i == 0 ? texts[i] : texts[i].StartsWith(prefix, StringComparison.Ordinal) ? texts[i][prefix.Length..] : " " + texts[i];
            texts[i] = cleanup ? RustText.CleanUp(text) : text;
        }
    }
}

/// <summary>Drops repeated tokens and padding, as the output of a CTC model needs.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanup) : Decoder
{
    public override void Decode(List<string> texts)
    {
        List<string> decoded = [];
        for (int i = 0; i < texts.Count; i++)
        {
            if (i > 0 && texts[i] == texts[i - 1])
            {
                continue;
            }

            string text = RustText.Replace(texts[i], padToken, "");
            text = cleanup ? RustText.Replace(RustText.CleanUp(text), wordDelimiter, " ") : text;
            if (text.Length > 0)
            {
                decoded.Add(text);
            }
        }

        texts.Clear();
        texts.AddRange(decoded);
    }
}
