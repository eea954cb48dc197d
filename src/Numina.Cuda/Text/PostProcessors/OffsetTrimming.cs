using System.Text;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.PostProcessors;

/// <summary>Takes leading and trailing white space of tokens out of their offsets.</summary>
internal static class OffsetTrimming
{
    private static readonly CodePointSet Spaces = new(UnicodeProperties.WhiteSpace.Union(CodePointRanges.Of(ByteAlphabet.Point(' '))));

    public static void Apply(List<TokenList> parts, bool addPrefixSpace)
    {
        foreach (TokenList part in parts)
        {
            for (int i = 0; i < part.Details.Count; i++)
            {
                part.Details[i] = Trim(part.Details[i], i == 0, addPrefixSpace);
            }
        }
    }

    private static TokenDetail Trim(TokenDetail detail, bool first, bool addPrefixSpace)
    {
        int leading = detail.Token.EnumerateRunes().TakeWhile(IsSpace).Count();
        int trailing = detail.Token.EnumerateRunes().Reverse().TakeWhile(IsSpace).Count();
        (int start, int end) = (detail.Start, detail.End);
        // One space at the start of the text is the one that was put there, so it is not in the original.
        if (leading == 1 && addPrefixSpace && (first || start == 0))
        {
            leading = 0;
        }

        start = Math.Min(start + leading, end);
        if (trailing > 0 && end >= trailing)
        {
            end = Math.Max(end - trailing, start);
        }

        return detail with { Start = start, End = end };
    }

    private static bool IsSpace(Rune rune) => Spaces.Contains(rune.Value);
}
