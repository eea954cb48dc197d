using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>The syntax tree of a regular expression over code points.</summary>
internal abstract record PatternNode
{
    internal sealed record Empty : PatternNode;

    /// <summary>One code point of a set.</summary>
    internal sealed record Class(CodePointRanges Ranges) : PatternNode;

    internal sealed record Sequence(IReadOnlyList<PatternNode> Items) : PatternNode;

    internal sealed record Alternation(IReadOnlyList<PatternNode> Branches) : PatternNode;

    /// <summary><paramref name="Max"/> is null when unbounded.</summary>
    internal sealed record Repeat(PatternNode Body, int Min, int? Max, RepeatKind Kind) : PatternNode;

    internal sealed record Look(PatternNode Body, bool Behind, bool Negative) : PatternNode;

    internal sealed record Atomic(PatternNode Body) : PatternNode;

    internal sealed record Anchor(AnchorKind Kind) : PatternNode;
}

internal enum RepeatKind
{
    Greedy,
    Lazy,
    Possessive,
}

internal enum AnchorKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndBeforeNewline,
    SearchStart,

    /// <summary>Where the innermost look-behind must end. Not written in patterns; the compiler adds it.</summary>
    BehindEnd,
    WordBoundary,
    NotWordBoundary,
}
