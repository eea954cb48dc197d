using System.Text;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Normalizers;

/// <summary>One after the other.</summary>
internal sealed class SequenceNormalizer(Normalizer[] normalizers) : Normalizer
{
    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        foreach (Normalizer normalizer in normalizers)
        {
            normalizer.Normalize(text, scratch);
        }
    }
}

/// <summary>Puts a text before a text that is not empty.</summary>
internal sealed class PrependNormalizer(int[] prefix) : Normalizer
{
    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        if (text.Length == 0)
        {
            return;
        }

        text.BeginEdit();
        foreach (int point in prefix)
        {
            text.WriteAs(0, point);
        }

        text.WriteRange(0, text.Length);
        text.EndEdit();
    }
}

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, int[] content) : Normalizer
{
    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        scratch.Matches.Clear();
        pattern.FindMatches(text.Points, scratch.Matcher, scratch.Matches);
        text.BeginEdit();
        foreach (TextMatch match in scratch.Matches.Items)
        {
            if (!match.IsMatch)
            {
                text.WriteRange(match.Start, match.End);
                continue;
            }

            foreach (int point in content)
            {
                text.WriteAfter(match.End, point);
            }
        }

        text.EndEdit();
    }
}

/// <summary>Lower case by Unicode's full mapping without context, as Rust's <c>char::to_lowercase</c>.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        text.BeginEdit();
        for (int i = 0; i < text.Length; i++)
        {
            int point = text.Points[i];
            // The only code point whose lower case is two: I with dot above.
            if (point == 0x130)
            {
                text.WriteAs(i, 'i');
                text.WriteAs(i, 0x307);
            }
            else
            {
                text.WriteAs(i, Rune.ToLowerInvariant(new Rune(point)).Value);
            }
        }

        text.EndEdit();
    }
}

/// <summary>Removes white space at either end.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    private static readonly CodePointSet WhiteSpace = new(UnicodeProperties.WhiteSpace);

    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        ReadOnlySpan<int> points = text.Points;
        int start = 0;
        int end = points.Length;
        while (left && start < end && WhiteSpace.Contains(points[start]))
        {
            start++;
        }

        while (right && end > start && WhiteSpace.Contains(points[end - 1]))
        {
            end--;
        }

        text.BeginEdit();
        text.WriteRange(start, end);
        text.EndEdit();
    }
}

/// <summary>Removes the code points of a set and replaces those of another by a space.</summary>
internal sealed class FilterNormalizer(CodePointSet removed, CodePointSet? spaces = null) : Normalizer
{
    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        text.BeginEdit();
        for (int i = 0; i < text.Length; i++)
        {
            int point = text.Points[i];
            if (!removed.Contains(point))
            {
                text.WriteAs(i, spaces != null && spaces.Contains(point) ? ' ' : point);
            }
        }

        text.EndEdit();
    }
}

/// <summary>Replaces every code point by the visible stand-ins of its UTF-8 bytes.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        text.BeginEdit();
        for (int i = 0; i < text.Length; i++)
        {
            int point = text.Points[i];
            int length = Utf8.LengthOf(point);
            for (int j = 0; j < length; j++)
            {
                text.WriteAs(i, ByteAlphabet.Point(Utf8.ByteAt(point, j, length)));
            }
        }

        text.EndEdit();
    }
}

/// <summary>Puts a space on either side of every Chinese ideograph. The first is aligned with the ideograph, and so are the other two.</summary>
internal sealed class IdeographNormalizer : Normalizer
{
    private static readonly CodePointSet Ideographs = new(CodePointRanges.OfPairs(
        (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)));

    public override void Normalize(NormalizedText text, NormalizerScratch scratch)
    {
        text.BeginEdit();
        for (int i = 0; i < text.Length; i++)
        {
            if (!Ideographs.Contains(text.Points[i]))
            {
                text.WriteRange(i, i + 1);
                continue;
            }

            text.WriteAs(i, ' ');
            text.WriteAs(i, text.Points[i]);
            text.WriteAs(i, ' ');
        }

        text.EndEdit();
    }
}
