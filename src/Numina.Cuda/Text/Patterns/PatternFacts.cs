using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>What can be said of a pattern node without running it.</summary>
internal static class PatternFacts
{
    /// <summary>Whether the node can match without consuming a code point.</summary>
    public static bool Nullable(PatternNode node) => node switch
    {
        PatternNode.Class => false,
        PatternNode.Sequence sequence => sequence.Items.All(Nullable),
        PatternNode.Alternation alternation => alternation.Branches.Any(Nullable),
        PatternNode.Repeat repeat => repeat.Min == 0 || Nullable(repeat.Body),
        PatternNode.Atomic atomic => Nullable(atomic.Body),
        _ => true,
    };

    /// <summary>The code points with which a match can begin; null when it can be empty, so that nothing can be ruled out.</summary>
    public static CodePointRanges? First(PatternNode node) => Nullable(node) ? null : Starts(node);

    /// <summary>Shortest and longest match in code points; null when unbounded.</summary>
    public static (int Min, int? Max) Length(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Class:
                return (1, 1);
            case PatternNode.Sequence sequence:
                return sequence.Items.Select(Length).Aggregate((0, (int?)0), static (sum, item) => (Cap(sum.Item1 + (long)item.Min), Add(sum.Item2, item.Max)));
            case PatternNode.Alternation alternation:
                (int Min, int? Max)[] branches = [.. alternation.Branches.Select(Length)];
                return (branches.Min(b => b.Min), branches.Any(b => b.Max == null) ? null : branches.Max(b => b.Max));
            case PatternNode.Repeat repeat:
                (int min, int? max) = Length(repeat.Body);
                return (Cap((long)min * repeat.Min), repeat.Max is { } times && max is { } each ? Cap((long)each * times) : max == 0 ? 0 : null);
            case PatternNode.Atomic atomic:
                return Length(atomic.Body);
            default:
                return (0, 0);
        }
    }

    private static CodePointRanges Starts(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Class set:
                return set.Ranges;
            case PatternNode.Sequence sequence:
                CodePointRanges starts = CodePointRanges.Empty;
                foreach (PatternNode item in sequence.Items)
                {
                    starts = starts.Union(Starts(item));
                    if (!Nullable(item))
                    {
                        break;
                    }
                }

                return starts;
            case PatternNode.Alternation alternation:
                return alternation.Branches.Aggregate(CodePointRanges.Empty, static (all, branch) => all.Union(Starts(branch)));
            case PatternNode.Repeat repeat:
                return Starts(repeat.Body);
            case PatternNode.Atomic atomic:
                return Starts(atomic.Body);
            default:
                return CodePointRanges.Empty;
        }
    }

    private static int Cap(long value) => (int)Math.Min(value, int.MaxValue);

    private static int? Add(int? a, int? b) => a is { } x && b is { } y ? Cap((long)x + y) : null;
}
