namespace Numina.Cuda.Engine;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>A stop text was completed.</summary>
    Stop,

    /// <summary>The model drew an end-of-sequence token.</summary>
    EndOfSequence,

    /// <summary><see cref="GenerationOptions.MaxNewTokens"/> were drawn.</summary>
    Length,

    /// <summary>The sequence is as long as the model's context or the cache allows.</summary>
    ContextFull,

    /// <summary>The caller cancelled it, or disposed the session or the engine.</summary>
    Cancelled,
}

/// <summary>What one call generated.</summary>
/// <param name="Text">The text: without what lies behind a stop text, and without the stop text itself unless it was asked for.</param>
/// <param name="Tokens">The tokens that the session grew by. They decode to <paramref name="Text"/>.</param>
/// <param name="LogProbs">One for each token when asked for: its log probability at temperature 1. NaN for a token that was not drawn but stands for the kept part of one that was.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Drawn">Tokens drawn, those of a dropped stop text and the end token included.</param>
public sealed record Generation(string Text, IReadOnlyList<int> Tokens, IReadOnlyList<float>? LogProbs, FinishReason Reason, int Drawn);
