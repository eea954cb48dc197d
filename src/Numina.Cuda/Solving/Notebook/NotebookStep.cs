namespace Numina.Cuda.Solving.Notebook;

/// <param name="Sample">The sample as the next step finds it.</param>
/// <param name="Execution">The program run, if one was.</param>
/// <param name="Failure">Why the sample was restarted or pruned, if it was.</param>
public sealed record NotebookStepResult(NotebookSample Sample, ExecutionRecord? Execution = null, TraceEnd? Failure = null);

/// <summary>The notebook's <c>process_code</c>: what becomes of a sample after one generation.</summary>
public sealed class NotebookStep(NotebookExecutor executor)
{
    private const string OutputRequest = "```output\n";
    private const int RegionLength = 100;
    private const int OutputLimit = 200;
    private const int WarningLength = 40;

    /// <param name="sample">The sample, its generation appended.</param>
    /// <param name="restartOnFail">Start a failed sample again instead of dropping it.</param>
    /// <param name="lastStep">No generation follows: code is not run.</param>
    /// <param name="printed">Receives what the notebook prints.</param>
    /// <param name="cancel">Ends a running program.</param>
    public async Task<NotebookStepResult> ProcessAsync(
        NotebookSample sample, bool restartOnFail, bool lastStep, TextWriter printed, CancellationToken cancel)
    {
        string text = sample.GenTexts;
        bool outputAsked = text.EndsWith(OutputRequest, StringComparison.Ordinal);
        if (!NotebookBlocks.HasPython(text))
        {
            return new(WithoutCode(sample, restartOnFail, printed), Failure: TraceEnd.NoCode);
        }

        string region = CodePoints.Last(text, RegionLength);
        if (!outputAsked && (region.Contains("answer is", StringComparison.Ordinal) || region.Contains(@"\boxed", StringComparison.Ordinal)))
        {
            return Answered(sample, region, printed);
        }

        if (lastStep)
        {
            return new(sample);
        }

        if (!outputAsked)
        {
            printed.Write($"warning: output block not found:  {CodePoints.Last(text, WarningLength)}\n");
            return new(restartOnFail ? Restarted(sample) : sample with { ShouldPrune = true }, Failure: TraceEnd.NoAnswer);
        }

        NotebookExecution execution = await executor.RunAsync(text, returnStatus: true, lastBlockOnly: true, printed, cancel).ConfigureAwait(false);
        string output = CodePoints.Truncate(execution.Output, OutputLimit, " ... (output truncated)");
        return new(sample with { GenTexts = $"{text}{output}\n```" }, execution.Programs[0]);
    }

    private static NotebookSample WithoutCode(NotebookSample sample, bool restartOnFail, TextWriter printed)
    {
        printed.Write($"no code has ever been generated, {(restartOnFail ? "RESTARTING" : "STOP")}\n");
        return restartOnFail ? Restarted(sample) : sample with { ShouldPrune = true, HasCode = false };
    }

    private static NotebookStepResult Answered(NotebookSample sample, string region, TextWriter printed)
    {
        if (!NotebookBlocks.HasOutput(sample.GenTexts))
        {
            printed.Write("The model hallucinated the code answer\n");
            return new(sample with { ShouldPrune = true }, Failure: TraceEnd.Hallucinated);
        }

        if (!region.Contains("boxed", StringComparison.Ordinal))
        {
            return new(sample with { ModelAnswers = NotebookNormalizer.Normalize(region) });
        }

        string? boxed = NotebookAnswer.ExtractBoxed(region);
        return new(sample with { ModelAnswers = boxed == null ? NotebookAnswer.None : NotebookNormalizer.Normalize(boxed) });
    }

    /// <summary>The text alone goes back to the prompt: a vote already given stays.</summary>
    private static NotebookSample Restarted(NotebookSample sample) => sample with { GenTexts = sample.Text };
}
