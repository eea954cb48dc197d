namespace Numina.Cuda.Text.Pipeline;

/// <summary>The padding section of a tokenizer.json, for one text at a time.</summary>
internal sealed record Padding
{
    /// <summary>Null pads to the longest of a batch, which is the text itself.</summary>
    public required int? FixedLength { get; init; }

    public required bool Left { get; init; }

    /// <summary>0 when the length need not be a multiple of anything.</summary>
    public required int MultipleOf { get; init; }

    public required int Id { get; init; }

    public required int TypeId { get; init; }

    public required string Token { get; init; }

    public void Apply(TokenList tokens)
    {
        long length = FixedLength ?? tokens.Count;
        length += MultipleOf > 0 && length % MultipleOf > 0 ? MultipleOf - (length % MultipleOf) : 0;
        TokenList pads = new();
        pads.Reset(tokens.Detailed);
        for (int i = tokens.Count; i < length; i++)
        {
            if (tokens.Detailed)
            {
                pads.Add(Id, new TokenDetail(Token, 0, 0, TypeId));
            }
            else
            {
                pads.Add(Id);
            }
        }

        tokens.Insert(Left ? 0 : tokens.Count, pads);
    }
}
