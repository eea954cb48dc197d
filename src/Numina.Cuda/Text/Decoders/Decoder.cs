namespace Numina.Cuda.Text.Decoders;

/// <summary>Turns tokens back into text: each decoder changes a list of texts, and the texts of the last are joined.</summary>
internal abstract class Decoder
{
    public abstract void Decode(List<string> texts);
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
