namespace Numina.Cuda.Solving.Notebook;

/// <summary>One of the M copies of a problem, with the notebook's columns.</summary>
public sealed record NotebookSample
{
    /// <summary>The rendered prompt.</summary>
    public required string Text { get; init; }

    /// <summary>The prompt and everything written since the last restart.</summary>
    public required string GenTexts { get; init; }

    public bool ShouldPrune { get; init; }

    public string ModelAnswers { get; init; } = NotebookAnswer.None;

    /// <summary>Cleared once, read by nobody.</summary>
    public bool HasCode { get; init; } = true;

    public static NotebookSample Start(string prompt) => new() { Text = prompt, GenTexts = prompt };
}
