namespace Numina.Cuda.Solving.Notebook;

/// <param name="I">The sample's index.</param>
/// <param name="Before">The sample before its generation of this step.</param>
/// <param name="Completion">What was generated.</param>
/// <param name="Result">What became of it.</param>
public sealed record NotebookStepSample(int I, NotebookSample Before, Completion Completion, NotebookStepResult Result)
{
    /// <summary>The sample after the step.</summary>
    public NotebookSample Sample => Result.Sample;
}

/// <param name="Samples">Every sample generated in this step, those pruned by it included.</param>
/// <param name="Printed">What the step printed.</param>
public sealed record NotebookStepRecord(IReadOnlyList<NotebookStepSample> Samples, string Printed);

/// <summary>One problem through the notebook's loop.</summary>
public sealed record NotebookRun
{
    public required IReadOnlyList<NotebookStepRecord> Steps { get; init; }

    /// <summary>Sample indices as the vote sees them: pruned ones by step and then by sample, followed by the others.</summary>
    public required IReadOnlyList<int> Order { get; init; }

    /// <summary>The answers in that order.</summary>
    public required IReadOnlyList<string> Candidates { get; init; }

    public required IReadOnlyList<int> Filtered { get; init; }

    public required int Majority { get; init; }

    public int GenerateCalls => Steps.Sum(step => step.Samples.Count);

    public int CodeRuns => Steps.Sum(step => step.Samples.Count(sample => sample.Result.Execution != null));

    /// <summary>The three blocks printed for a problem.</summary>
    public string Printed => NotebookOutput.Votes(Candidates, Filtered, Majority);
}

/// <summary>The notebook's run ends here, as the published one ended: an exception left its loop.</summary>
public sealed class NotebookRunException(string problem, int sample, IReadOnlyList<NotebookStepRecord> before, PythonRaisedException raised)
    : Exception($"problem {problem}, sample {sample}, step {before.Count}: {raised.Type}: {raised.Message}", raised)
{
    public int Sample { get; } = sample;

    /// <summary>The step that did not end, from 0.</summary>
    public int Step => Before.Count;

    /// <summary>The steps before it.</summary>
    public IReadOnlyList<NotebookStepRecord> Before { get; } = before;

    /// <summary>The exception that the notebook's Python raises.</summary>
    public PythonRaisedException Raised { get; } = raised;
}
