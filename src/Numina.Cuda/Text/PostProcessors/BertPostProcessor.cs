using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.PostProcessors;

/// <summary>BERT's [CLS] A [SEP] B [SEP].</summary>
internal sealed class BertPostProcessor(TokenList start, TokenList separator, TokenList pairSeparator) : PostProcessor
{
    public override int AddedTokens(bool pair) => pair ? 3 : 2;

    public override void Process(List<TokenList> parts, bool addSpecialTokens)
    {
        for (int i = 0; addSpecialTokens && i < parts.Count; i++)
        {
            if (i == 0)
            {
                parts[i].Insert(0, start);
            }

            parts[i].Append(i == 0 ? separator : pairSeparator);
        }
    }
}

/// <summary>RoBERTa's &lt;s&gt; A &lt;/s&gt; &lt;/s&gt; B &lt;/s&gt;, all of type 0.</summary>
internal sealed class RobertaPostProcessor(TokenList start, TokenList separator, bool trimOffsets, bool addPrefixSpace) : PostProcessor
{
    public override int AddedTokens(bool pair) => pair ? 4 : 2;

    public override void Process(List<TokenList> parts, bool addSpecialTokens)
    {
        if (trimOffsets)
        {
            OffsetTrimming.Apply(parts, addPrefixSpace);
        }

        for (int i = 0; i < parts.Count; i++)
        {
            parts[i].SetTypeId(0);
            if (addSpecialTokens)
            {
                parts[i].Insert(0, i == 0 ? start : separator);
                parts[i].Append(separator);
            }
        }
    }
}
