using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.PostProcessors;

/// <summary>One part of a template: a sequence (0 or 1) or special tokens.</summary>
internal sealed record TemplatePart(int Sequence, TokenList? Special, int TypeId);

/// <summary>Arranges the text, its pair and special tokens as a template says.</summary>
internal sealed class TemplatePostProcessor(TemplatePart[] single, TemplatePart[] pair) : PostProcessor
{
    public override int AddedTokens(bool isPair)
    {
        int sum = 0;
        foreach (TemplatePart part in isPair ? pair : single)
        {
            sum += part.Special?.Count ?? 0;
        }

        return sum;
    }

    public override void Process(List<TokenList> parts, bool addSpecialTokens)
    {
        int given = parts.Count;
        if (given > 2)
        {
            throw new TokenizerException($"post_processor: expected a text or a pair before TemplateProcessing, found {given} parts");
        }

        foreach (TemplatePart part in given == 2 ? pair : single)
        {
            if (part.Special == null)
            {
                parts.Add(WithType(parts[part.Sequence], part.TypeId));
            }
            else if (addSpecialTokens)
            {
                parts.Add(part.Special);
            }
        }

        parts.RemoveRange(0, given);
    }

    /// <summary>A copy where types are wanted, since a template may name a sequence twice.</summary>
    private static TokenList WithType(TokenList tokens, int typeId)
    {
        if (!tokens.Detailed)
        {
            return tokens;
        }

        TokenList copy = new();
        copy.Reset(detailed: true);
        copy.Append(tokens);
        copy.SetTypeId(typeId);
        return copy;
    }
}
