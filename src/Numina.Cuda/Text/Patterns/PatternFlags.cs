namespace Numina.Cuda.Text.Patterns;

/// <summary>The options that a group such as (?im-x:...) sets.</summary>
[Flags]
internal enum PatternFlags
{
    None = 0,
    IgnoreCase = 1,

    /// <summary>'.' matches a newline too. Oniguruma calls it m; ^ and $ are per line in any case.</summary>
    DotAll = 2,

    /// <summary>White space and # comments in the pattern stand for nothing.</summary>
    Extended = 4,
}
