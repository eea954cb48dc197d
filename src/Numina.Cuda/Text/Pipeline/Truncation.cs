namespace Numina.Cuda.Text.Pipeline;

internal enum TruncationStrategy
{
    LongestFirst,
    OnlyFirst,
    OnlySecond,
}

/// <summary>The truncation section of a tokenizer.json: how many tokens an encoded text may have, special ones included.</summary>
internal sealed record Truncation
{
    public required bool FromLeft { get; init; }

    public required int MaxLength { get; init; }

    public required TruncationStrategy Strategy { get; init; }

    public required int Stride { get; init; }

    /// <summary>Shortens a text and its pair so that with <paramref name="added"/> special tokens they keep to the limit.</summary>
    public void Apply(TokenList first, TokenList? second, int added)
    {
        // Hugging Face's unsigned subtraction wraps round here, so that nothing is cut.
        if (added > MaxLength)
        {
            return;
        }

        int limit = MaxLength - added;
        int total = first.Count + (second?.Count ?? 0);
        if (limit == 0)
        {
            Cut(first, 0);
            Cut(second, 0);
        }
        else if (total > limit)
        {
            Shorten(first, second, limit, total - limit);
        }
    }

    private void Shorten(TokenList first, TokenList? second, int limit, int excess)
    {
        if (Strategy == TruncationStrategy.LongestFirst)
        {
            (int keepFirst, int keepSecond) = second == null ? (limit, 0) : Balance(first.Count, second.Count, limit);
            Cut(first, keepFirst);
            Cut(second, keepSecond);
            return;
        }

        TokenList target = (Strategy == TruncationStrategy.OnlyFirst ? first : second)
            ?? throw new TokenizerException("truncation.strategy: expected a second text for OnlySecond, found none");
        if (target.Count <= excess)
        {
            throw new TokenizerException($"truncation.max_length: expected a text of more than {excess} tokens to cut, found {target.Count}");
        }

        Cut(target, target.Count - excess);
    }

    /// <summary>The shorter text is kept whole if it leaves the longer one at least as much room as it takes itself; else both get half.</summary>
    private static (int First, int Second) Balance(int first, int second, int limit)
    {
        int shorter = Math.Min(first, second);
        int longer = shorter > limit ? shorter : Math.Max(shorter, limit - shorter);
        if (shorter + longer > limit)
        {
            shorter = limit / 2;
            longer = shorter + (limit % 2);
        }

        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private void Cut(TokenList? tokens, int length)
    {
        if (tokens == null || length >= tokens.Count)
        {
            return;
        }

        if (length > 0 && Stride >= length)
        {
            throw new TokenizerException($"truncation.stride: expected less than the {length} tokens that are kept, found {Stride}");
        }

        tokens.Keep(FromLeft ? tokens.Count - length : 0, length);
    }
}
