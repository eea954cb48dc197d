using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

internal enum PatternOperation : byte
{
    /// <summary>Consume the code point <c>A</c>.</summary>
    Char,

    /// <summary>Consume a code point of <c>Set</c>.</summary>
    Set,

    /// <summary>Consume between <c>A</c> and <c>B</c> code points of <c>Set</c>, as many as possible, giving back one at a time.</summary>
    GreedyLoop,

    /// <summary>The same, as few as possible.</summary>
    LazyLoop,

    /// <summary>The same, as many as possible, giving nothing back.</summary>
    PossessiveLoop,

    /// <summary>Try <c>A</c> first, then <c>B</c>; <c>A</c> is skipped when the next code point is not in <c>Set</c>, where there is one.</summary>
    Fork,

    Jump,

    /// <summary>Remember in register <c>A</c> where an iteration of a loop with a possibly empty body began.</summary>
    MarkLoop,

    /// <summary>Go to <c>B</c> if the iteration of register <c>A</c> consumed something, else leave the loop.</summary>
    ContinueLoop,

    Anchor,

    /// <summary>Run the code that follows as a program of its own, then go on at <c>B</c>.</summary>
    LookAhead,
    NotLookAhead,
    LookBehind,
    NotLookBehind,
    Atomic,

    Accept,
}

/// <summary>One instruction; what <c>A</c>, <c>B</c> and <c>Set</c> mean is said at each <see cref="PatternOperation"/>.</summary>
internal readonly record struct PatternInstruction(PatternOperation Operation, int A = 0, int B = 0, CodePointSet? Set = null, int Min = 0, int Max = 0);

/// <summary>A compiled regular expression. Immutable; run by <see cref="PatternMatcher"/>.</summary>
internal sealed class PatternProgram
{
    public required PatternInstruction[] Instructions { get; init; }

    public required int Registers { get; init; }

    /// <summary>For every ASCII character, the instruction with which a match that begins with it begins: past the branches that it rules out.</summary>
    public required ushort[] Entries { get; init; }

    /// <summary>The code points with which a match can begin, or null when unknown.</summary>
    public required CodePointSet? First { get; init; }
}
