using System.Text;
using Numina.Cuda.Text;

namespace Numina.Cuda.Engine;

/// <summary>
/// Text and tokens behind a context. The text of a token depends on the tokens before it (a leading space, half a character), so decoding begins a few tokens early
/// and drops what these give.
/// </summary>
internal static class Continuation
{
    // As many as a character's bytes, and one more.
    private const int Context = 5;

    // How often an encoding that decodes to another text is tried again from an earlier token.
    private const int Attempts = 8;

    /// <summary>A stream that has seen the end of the context.</summary>
    public static TextStream Stream(Tokenizer tokenizer, ReadOnlySpan<int> context)
    {
        TextStream stream = tokenizer.CreateStream(skipSpecialTokens: true);
        foreach (int token in context[Math.Max(0, context.Length - Context)..])
        {
            stream.Push(token);
        }

        return stream;
    }

    /// <summary>
    /// Tokens whose text is the first <paramref name="keep"/> characters of <paramref name="text"/>: as many of <paramref name="tokens"/> as fit, then the rest
    /// encoded alone. Where that would decode to something else, the encoded part begins earlier. <paramref name="ends"/> gives for each token the length of the text
    /// behind it, or -1 where the text was not final.
    /// </summary>
    public static CutTokens Cut(Tokenizer tokenizer, ReadOnlySpan<int> context, ReadOnlySpan<int> tokens, IReadOnlyList<int> ends, string text, int keep)
    {
        CutTokens? first = null;
        int attempts = 0;
        for (int kept = tokens.Length; kept >= 0 && attempts < Attempts; kept--)
        {
            int end = kept == 0 ? 0 : ends[kept - 1];
            if (end < 0 || end > keep)
            {
                continue;
            }

            if (end == keep)
            {
                return new CutTokens(kept, []);
            }

            attempts++;
            string rest = text[end..keep];
            int[] before = [.. context[Math.Max(0, context.Length - Context)..], .. tokens[..kept]];
            int[] encoded = tokenizer.Encode(rest, addSpecialTokens: false);
            first ??= new CutTokens(kept, encoded);
            if (Decode(tokenizer, before, encoded) == rest)
            {
                return new CutTokens(kept, encoded);
            }

            // Tokenizers that put a space before every text: encode behind a line break, whose tokens are then dropped.
            int[] behindBreak = tokenizer.Encode("\n" + rest, addSpecialTokens: false);
            for (int skip = 1; skip < Math.Min(behindBreak.Length, Context); skip++)
            {
                if (Decode(tokenizer, before, behindBreak.AsSpan(skip)) == rest)
                {
                    return new CutTokens(kept, behindBreak[skip..]);
                }
            }
        }

        return first ?? new CutTokens(0, tokenizer.Encode(text[..keep], addSpecialTokens: false));
    }

    private static string Decode(Tokenizer tokenizer, ReadOnlySpan<int> context, ReadOnlySpan<int> tokens)
    {
        TextStream stream = Stream(tokenizer, context);
        var text = new StringBuilder();
        foreach (int token in tokens)
        {
            text.Append(stream.Push(token));
        }

        return text.ToString();
    }
}

/// <summary>The first <paramref name="Kept"/> tokens, then others.</summary>
internal readonly record struct CutTokens(int Kept, int[] Added);
