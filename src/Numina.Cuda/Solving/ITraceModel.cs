namespace Numina.Cuda.Solving;

/// <summary>
/// A language model as traces see it: texts in, texts out. The engine is one, a script the other (<see cref="ScriptedTraceModel"/>), with which recorded
/// conversations run through the real loop without a model.
/// </summary>
public interface ITraceModel
{
    /// <summary>Opens one attempt at a problem. The caller disposes it.</summary>
    /// <param name="key">What the sampling noise depends on besides the seed.</param>
    /// <param name="prompt">The rendered prompt; attempts at one problem share what the model computed for it.</param>
    ITraceSession Open(TraceKey key, string prompt);
}

/// <summary>A text that grows by turns; the model's state for it is kept while nothing is generated.</summary>
public interface ITraceSession : IDisposable
{
    /// <summary>Continues the text.</summary>
    /// <param name="options">Where to stop.</param>
    /// <param name="onText">Receives pieces of the text as they are decided; together they are the completion's text.</param>
    /// <param name="cancel">Ends the generation.</param>
    Task<Completion> GenerateAsync(CompletionOptions options, Action<string>? onText, CancellationToken cancel);

    /// <summary>Appends text that the model did not write, such as a program's output.</summary>
    void Append(string text);
}

/// <param name="Problem">The problem's identity in its set.</param>
/// <param name="Sample">The trace's index, from 0.</param>
/// <param name="Generation">Generations of the trace before this session, those before a restart included: no two of a trace share their noise.</param>
public sealed record TraceKey(string Problem, int Sample, int Generation);

/// <param name="MaxNewTokens">Tokens of this generation at most.</param>
/// <param name="Stops">The text ends at the first of these that appears.</param>
public sealed record CompletionOptions(int MaxNewTokens, IReadOnlyList<StopText> Stops);

/// <param name="Text">Looked for after every token; text behind it in the same token is dropped.</param>
/// <param name="Kept">Whether it stays at the end of the completion.</param>
public sealed record StopText(string Text, bool Kept);

/// <param name="Text">What the model wrote, a stop text kept or dropped as asked.</param>
/// <param name="Tokens">Tokens generated, those of a dropped stop text and the end token included.</param>
/// <param name="Reason">Why it ended.</param>
public sealed record Completion(string Text, int Tokens, CompletionReason Reason);

/// <summary>Why a completion ended.</summary>
public enum CompletionReason
{
    /// <summary>A stop text appeared.</summary>
    Stop,

    /// <summary>The model wrote its end token.</summary>
    End,

    /// <summary>The limit of new tokens.</summary>
    Length,

    /// <summary>No position is left in the model's context.</summary>
    ContextFull,
}
