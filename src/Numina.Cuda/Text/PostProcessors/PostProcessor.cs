using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.PostProcessors;

/// <summary>Adds special tokens around the encoded text, or adjusts offsets.</summary>
internal abstract class PostProcessor
{
    /// <summary>How many tokens it adds, which truncation leaves room for.</summary>
    public abstract int AddedTokens(bool pair);

    /// <summary>Changes the list of encoded parts, at first the text and, where there is one, its pair; the parts are joined in the end.</summary>
    public abstract void Process(List<TokenList> parts, bool addSpecialTokens);
}

/// <summary>One after the other.</summary>
internal sealed class SequencePostProcessor(PostProcessor[] processors) : PostProcessor
{
    public override int AddedTokens(bool pair)
    {
        int sum = 0;
        foreach (PostProcessor processor in processors)
        {
            sum += processor.AddedTokens(pair);
        }

        return sum;
    }

    public override void Process(List<TokenList> parts, bool addSpecialTokens)
    {
        foreach (PostProcessor processor in processors)
        {
            processor.Process(parts, addSpecialTokens);
        }
    }
}

/// <summary>Takes the white space of tokens out of their offsets where asked to; adds no tokens.</summary>
internal sealed class ByteLevelPostProcessor(bool trimOffsets, bool addPrefixSpace) : PostProcessor
{
    public override int AddedTokens(bool pair) => 0;

    public override void Process(List<TokenList> parts, bool addSpecialTokens)
    {
        if (trimOffsets)
        {
            OffsetTrimming.Apply(parts, addPrefixSpace);
        }
    }
}
