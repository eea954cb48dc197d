using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving.Notebook;

/// <summary>What the second element of the notebook's result holds.</summary>
public enum NotebookStatus
{
    /// <summary>There is none: the result is the output alone.</summary>
    NotAsked,

    /// <summary>A pair with True.</summary>
    Succeeded,

    /// <summary>A pair with False.</summary>
    Failed,

    /// <summary>A pair of the completion and the completion again: no block was found and no status was asked for.</summary>
    Completion,
}

/// <param name="Output">The program's output, or the completion where it holds no block.</param>
/// <param name="Status">What goes with it.</param>
/// <param name="Programs">The programs run, in order.</param>
public sealed record NotebookExecution(string Output, NotebookStatus Status, IReadOnlyList<ExecutionRecord> Programs);

/// <summary>
/// The notebook's <c>execute_completion</c>. Its ban of the words "subprocess" and "venv" records a line that nothing reads and runs the code all the same, so
/// there is nothing of it here.
/// </summary>
public sealed class NotebookExecutor(IPythonRunner python)
{
    /// <summary>Runs the last block of the text, or all of them one after the other with the last result counting.</summary>
    /// <param name="text">The whole text of a sample.</param>
    /// <param name="returnStatus">Ask for a status beside the output; without one a failure gives the empty text.</param>
    /// <param name="lastBlockOnly">Run the last block alone.</param>
    /// <param name="printed">Receives what the notebook prints.</param>
    /// <param name="cancel">Ends the programs.</param>
    /// <exception cref="PythonRaisedException">The output is not UTF-8: UnicodeDecodeError.</exception>
    public async Task<NotebookExecution> RunAsync(string text, bool returnStatus, bool lastBlockOnly, TextWriter printed, CancellationToken cancel)
    {
        IReadOnlyList<string> blocks = NotebookBlocks.Python(text);
        if (blocks.Count == 0)
        {
            return new NotebookExecution(text, returnStatus ? NotebookStatus.Failed : NotebookStatus.Completion, []);
        }

        List<ExecutionRecord> programs = [];
        foreach (string code in lastBlockOnly ? blocks.TakeLast(1) : blocks)
        {
            programs.Add(await RunBlockAsync(code, printed, cancel).ConfigureAwait(false));
        }

        bool success = programs[^1].Status == PythonStatus.Success;
        string output = success || returnStatus ? PythonString.Strip(programs[^1].Output) : "";
        NotebookStatus status = !returnStatus ? NotebookStatus.NotAsked : success ? NotebookStatus.Succeeded : NotebookStatus.Failed;
        return new NotebookExecution(output, status, programs);
    }

    private async Task<ExecutionRecord> RunBlockAsync(string code, TextWriter printed, CancellationToken cancel)
    {
        PythonResult result = await RunAsync(code, cancel).ConfigureAwait(false);
        if (result.Status == PythonStatus.TimedOut)
        {
            printed.Write("Code timed out\n");
        }

        return ExecutionRecord.Of(code, result);
    }

    private async Task<PythonResult> RunAsync(string code, CancellationToken cancel)
    {
        try
        {
            return await python.RunAsync(new PythonJob(code, PythonProfile.Notebook), cancel).ConfigureAwait(false);
        }
        catch (PythonDecodeException error)
        {
            throw new PythonRaisedException("UnicodeDecodeError", error.Message);
        }
    }
}
