using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.Loading;

/// <summary>Reads the pattern of a Split or Replace: {"String": ...} or {"Regex": ...}.</summary>
internal static class PatternReader
{
    public static TextPattern Read(JsonField field)
    {
        if (field.Optional("String") is { } text)
        {
            return new TextPattern.Literal(text.Points());
        }

        if (field.Optional("Regex") is not { } regex)
        {
            throw field.Error("{\"String\": ...} or {\"Regex\": ...}", field.Describe());
        }

        try
        {
            return new TextPattern.Expression(PatternCompiler.Compile(PatternParser.Parse(regex.Text())));
        }
        catch (PatternException error)
        {
            throw regex.Error("a pattern in Oniguruma's syntax that can be translated", error.Message);
        }
    }
}
