namespace Numina.Cuda.Engine;

/// <summary>How tokens are drawn and when a generation ends.</summary>
public sealed record GenerationOptions
{
    /// <summary>0 takes the most probable token.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Draw from the k most probable tokens; 0: from all.</summary>
    public int TopK { get; init; }

    /// <summary>Draw from the smallest set of tokens that holds this mass; 1: from all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Draw from tokens at least this fraction as probable as the best; 0: from all.</summary>
    public float MinP { get; init; }

    /// <summary>Above 1 makes tokens of the prompt and of the text so far less probable.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Tokens at most.</summary>
    public int MaxNewTokens { get; init; } = int.MaxValue;

    /// <summary>Texts that end the generation, looked for after every token.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>The stop text stays at the end of the generated text.</summary>
    public bool IncludeStop { get; init; }

    /// <summary>Report each kept token's log probability.</summary>
    public bool LogProbs { get; init; }

    /// <summary>Take end-of-sequence tokens as ordinary ones.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Throws <see cref="ArgumentException"/> naming the option that is out of range.</summary>
    internal void Validate()
    {
        Require(float.IsFinite(Temperature) && Temperature >= 0, nameof(Temperature), "0 or more", Temperature);
        Require(TopK >= 0, nameof(TopK), "0 or more", TopK);
        Require(TopP is > 0 and <= 1, nameof(TopP), "above 0 and at most 1", TopP);
        Require(MinP is >= 0 and <= 1, nameof(MinP), "0 to 1", MinP);
        Require(float.IsFinite(RepetitionPenalty) && RepetitionPenalty > 0, nameof(RepetitionPenalty), "above 0", RepetitionPenalty);
        Require(MaxNewTokens >= 0, nameof(MaxNewTokens), "0 or more", MaxNewTokens);
        Require(!Stop.Any(string.IsNullOrEmpty), nameof(Stop), "texts that are not empty", "an empty one");

        static void Require(bool holds, string name, string expected, object found)
        {
            if (!holds)
            {
                throw new ArgumentException($"{name}: expected {expected}, found {found}");
            }
        }
    }
}
