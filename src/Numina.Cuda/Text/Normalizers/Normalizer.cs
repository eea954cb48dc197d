using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.Normalizers;

/// <summary>Changes a text before it is cut up.</summary>
internal abstract class Normalizer
{
    /// <summary>Transforms in place. Immutable itself; <paramref name="scratch"/> belongs to the caller.</summary>
    public abstract void Normalize(NormalizedText text, NormalizerScratch scratch);
}

/// <summary>What normalizers need while they work, kept so that it isn't allocated again.</summary>
internal sealed class NormalizerScratch(PatternMatcher matcher)
{
    public PatternMatcher Matcher { get; } = matcher;

    public MatchList Matches { get; } = new();

    public List<PointChange> Changes { get; } = [];
}

/// <summary>
/// One code point of a transformed text and how it came about: 0 replaces the next old code point, 1 is inserted, -n replaces one and removes n more.
/// </summary>
internal readonly record struct PointChange(int Point, int Change, int CombiningClass);
