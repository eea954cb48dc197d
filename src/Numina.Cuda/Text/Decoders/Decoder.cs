namespace Numina.Cuda.Text.Decoders;

/// <summary>Turns tokens back into text: each decoder changes a list of texts, and the texts of the last are joined.</summary>
internal abstract class Decoder
{
    public abstract void Decode(List<string> texts);

    /// <summary>Whether the decoded text surely ends in U+FFFD, told from the last tokens alone; false when only decoding can tell.</summary>
    public virtual bool EndsOpen(ReadOnlySpan<string> texts) => false;
}

/// <summary>One after the other.</summary>
internal sealed class SequenceDecoder(Decoder[] decoders) : Decoder
{
    public override void Decode(List<string> texts)
    {
        foreach (Decoder decoder in decoders)
        {
            decoder.Decode(texts);
        }
    }
}

/// <summary>Joins all texts into one.</summary>
internal sealed class FuseDecoder : Decoder
{
    public override void Decode(List<string> texts)
    {
        string joined = string.Concat(texts);
        texts.Clear();
        texts.Add(joined);
    }
}
