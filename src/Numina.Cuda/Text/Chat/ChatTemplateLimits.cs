namespace Numina.Cuda.Text.Chat;

/// <summary>What a template may use up before it is stopped with <see cref="ChatTemplateError.Limit"/>. Real templates stay far below.</summary>
public sealed record ChatTemplateLimits
{
    public static ChatTemplateLimits Default { get; } = new();

    /// <summary>UTF-16 units of rendered text, and of any single string.</summary>
    public int Output { get; init; } = 16 << 20;

    /// <summary>Nodes evaluated.</summary>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Units of text and list items created in all.</summary>
    public long Allocated { get; init; } = 256 << 20;

    /// <summary>Macro calls and recursive loops inside each other.</summary>
    public int Calls { get; init; } = 200;

    /// <summary>Expressions and blocks inside each other in the source.</summary>
    public int Nesting { get; init; } = 200;

    /// <summary>Bits of an integer.</summary>
    public int IntegerBits { get; init; } = 1 << 16;
}
