namespace Numina.Cuda.Solving;

/// <summary>What a fence opens or closes.</summary>
internal enum FenceKind
{
    /// <summary>No language.</summary>
    Bare,

    /// <summary>python, py or python3, in any case.</summary>
    Python,

    /// <summary>The output of the block before.</summary>
    Output,

    /// <summary>Another language: prose to us.</summary>
    Other,
}

/// <summary>A line of at least three backticks, as Markdown has it: up to three blanks before it, no backtick behind it.</summary>
/// <param name="Kind">What it opens or closes.</param>
/// <param name="Ticks">How many backticks.</param>
internal readonly record struct Fence(FenceKind Kind, int Ticks)
{
    private const int MaxIndent = 3;
    private const int MinTicks = 3;

    /// <summary>The fence on this line, if it is one.</summary>
    public static Fence? Read(string line)
    {
        ReadOnlySpan<char> rest = line.AsSpan().TrimEnd();
        int indent = rest.Length - rest.TrimStart(' ').Length;
        rest = rest[indent..];
        int ticks = rest.Length - rest.TrimStart('`').Length;
        ReadOnlySpan<char> info = rest[ticks..].TrimStart();
        if (indent > MaxIndent || ticks < MinTicks || info.Contains('`'))
        {
            return null;
        }

        int blank = info.IndexOfAny(' ', '\t');
        return new Fence(KindOf(blank < 0 ? info : info[..blank]), ticks);
    }

    /// <summary>Whether this line ends a Python block: a bare fence at least as long as the opening one, or a fence that opens something else.</summary>
    public bool Ends(Fence opening) => Kind != FenceKind.Bare || Ticks >= opening.Ticks;

    private static FenceKind KindOf(ReadOnlySpan<char> language)
    {
        bool Is(ReadOnlySpan<char> language, string name) => language.Equals(name, StringComparison.OrdinalIgnoreCase);
        return language.IsEmpty ? FenceKind.Bare
            : Is(language, "python") || Is(language, "py") || Is(language, "python3") ? FenceKind.Python
            : Is(language, "output") ? FenceKind.Output
            : FenceKind.Other;
    }
}
