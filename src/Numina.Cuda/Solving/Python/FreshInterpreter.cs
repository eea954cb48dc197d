using System.Diagnostics;
using System.Text;

namespace Numina.Cuda.Solving.Python;

/// <summary>
/// The notebook's way: a temporary folder and an interpreter of its own for each program, which inherits this process's environment and working folder. It
/// limits the wall clock and the output's length and nothing else. The pools are measured and checked against it.
/// </summary>
public sealed class FreshInterpreter(PythonPoolOptions options) : IPythonRunner
{
    private readonly string interpreter = options.Interpreter ?? PythonInterpreter.Find();
    private readonly SemaphoreSlim vacancies = new(options.Workers, options.Workers);
    private readonly WorkerFiles files = new();

    public async Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel)
    {
        await vacancies.WaitAsync(cancel);
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Execution execution = await ExecuteAsync(job, folder, cancel);
            return execution.Interpret(job.Profile, options);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            vacancies.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        vacancies.Dispose();
        files.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Execution> ExecuteAsync(PythonJob job, string folder, CancellationToken cancel)
    {
        bool notebook = job.Profile == PythonProfile.Notebook;
        string file = Path.Combine(folder, notebook ? NotebookSource.FileName : "code");
        await File.WriteAllBytesAsync(file, Encoding.UTF8.GetBytes(notebook ? NotebookSource.From(job.Code) : job.Code), cancel);
        string[] arguments = notebook ? [file] : ["-B", Path.Combine(files.Folder, "fresh.py"), folder];
        ProcessStartInfo start = new(interpreter, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        Stopwatch clock = Stopwatch.StartNew();
        using Process process = Process.Start(start) ?? throw new PythonException($"{interpreter} did not start");
        process.StandardInput.Close();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using Capture output = new(process.StandardOutput.BaseStream, options.OutputBytes);
        using Capture errors = new(process.StandardError.BaseStream, options.OutputBytes);
        Ending ending = Ending.Exited;
        try
        {
            if (!notebook)
            {
                await output.ReadFirstByteAsync(cancel);
                clock.Restart();
            }

            stop.CancelAfter(options.WallClock);
            await FinishAsync(process, output, errors, notebook, stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            ending = Ending.TimedOut;
        }
        finally
        {
            Kill(process);
        }

        return new Execution(ending, ending == Ending.Exited ? Signals.ExitCode(process) : -9, clock.Elapsed)
        {
            Output = output.Bytes,
            Errors = errors.Bytes,
            Report = notebook || !File.Exists(Path.Combine(folder, "error")) ? default : await File.ReadAllBytesAsync(Path.Combine(folder, "error"), cancel),
            Folder = folder,
        };
    }

    /// <summary>The notebook waits for the end of both streams, whoever holds them; the default profile for the program.</summary>
    private static async Task FinishAsync(Process process, Capture output, Capture errors, bool notebook, CancellationToken stop)
    {
        Task streams = Task.WhenAll(output.ReadToEndAsync(stop), errors.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        if (!notebook)
        {
            Kill(process);
        }

        await streams;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
