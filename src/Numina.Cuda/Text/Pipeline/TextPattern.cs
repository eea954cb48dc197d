using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Pipeline;

/// <summary>Something that divides a text into matches and the gaps between them.</summary>
internal abstract class TextPattern
{
    /// <summary>Appends ranges that cover the text. <paramref name="matcher"/> lends its stack to patterns that backtrack.</summary>
    public abstract void FindMatches(ReadOnlySpan<int> text, PatternMatcher matcher, MatchList matches);

    /// <summary>A regular expression.</summary>
    internal sealed class Expression(PatternProgram program) : TextPattern
    {
        public override void FindMatches(ReadOnlySpan<int> text, PatternMatcher matcher, MatchList matches) => matcher.FindMatches(program, text, matches);
    }

    /// <summary>Every code point of a set is a match of its own.</summary>
    internal sealed class EachOf(CodePointSet set) : TextPattern
    {
        public override void FindMatches(ReadOnlySpan<int> text, PatternMatcher matcher, MatchList matches)
        {
            int gap = 0;
            for (int i = 0; i < text.Length; i++)
            {
                if (set.Contains(text[i]))
                {
                    matches.AddGap(gap, i);
                    matches.Add(i, i + 1, isMatch: true);
                    gap = i + 1;
                }
            }

            matches.AddGap(gap, text.Length);
        }
    }

    /// <summary>Every occurrence of a fixed text, from left to right. An empty one matches before every code point that follows no match, and at the end.</summary>
    internal sealed class Literal(int[] points) : TextPattern
    {
        public override void FindMatches(ReadOnlySpan<int> text, PatternMatcher matcher, MatchList matches)
        {
            if (points.Length == 0)
            {
                FindEmpty(text, matches);
                return;
            }

            int at = 0;
            while (text[at..].IndexOf(points) is >= 0 and var offset)
            {
                matches.AddGap(at, at + offset);
                matches.Add(at + offset, at + offset + points.Length, isMatch: true);
                at += offset + points.Length;
            }

            matches.AddGap(at, text.Length);
        }

        private static void FindEmpty(ReadOnlySpan<int> text, MatchList matches)
        {
            for (int i = 0; i <= text.Length; i++)
            {
                matches.AddGap(Math.Max(0, i - 1), i);
                matches.Add(i, i, isMatch: true);
            }
        }
    }
}
