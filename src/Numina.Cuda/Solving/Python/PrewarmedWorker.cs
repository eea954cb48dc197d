using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Numina.Cuda.Solving.Python;

/// <summary>One interpreter that has its libraries loaded and waits for its only program (prewarmed.py).</summary>
internal sealed class PrewarmedWorker : IAsyncDisposable
{
    private const int JobBytes = 1 + sizeof(uint) + sizeof(ulong);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly PythonPoolOptions options;
    private readonly PrewarmedFolder folder;
    private readonly Process process;

    private PrewarmedWorker(PythonPoolOptions options, PrewarmedFolder folder, Process process) => (this.options, this.folder, this.process) = (options, folder, process);

    /// <summary>Starts an interpreter; returns when it is ready for a program.</summary>
    /// <param name="interpreter">Its path.</param>
    /// <param name="scripts">The folder of the embedded sources.</param>
    /// <param name="name">A name that no other worker has in that folder.</param>
    /// <param name="options">The limits of its program.</param>
    /// <param name="cancel">Ends the interpreter.</param>
    /// <exception cref="PythonException">It did not become ready.</exception>
    public static async Task<PrewarmedWorker> StartAsync(string interpreter, string scripts, string name, PythonPoolOptions options, CancellationToken cancel)
    {
        PrewarmedFolder folder = new(Path.Combine(scripts, name));
        PrewarmedWorker? worker = null;
        try
        {
            worker = new PrewarmedWorker(options, folder, Launch(interpreter, Path.Combine(scripts, "prewarmed.py"), folder));
            await worker.BecomeReadyAsync(interpreter, cancel);
            return worker;
        }
        catch
        {
            await (worker?.DisposeAsync() ?? folder.DisposeAsync());
            throw;
        }
    }

    /// <summary>Hands over the program; false when the interpreter has died while it waited.</summary>
    public async Task<bool> TrySendAsync(PythonJob job, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Frame(job), cancel);
            process.StandardInput.Close();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Follows the program that was sent to its end or its limit. Nothing of it runs afterwards.</summary>
    public async Task<Execution> FinishAsync(PythonProfile profile, CancellationToken cancel)
    {
        Stopwatch clock = Stopwatch.StartNew();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(options.WallClock);
        Action? whenFlooded = profile == PythonProfile.Default ? stop.Cancel : null;
        using Capture output = new(process.StandardOutput.BaseStream, options.OutputBytes, whenFlooded);
        using Capture errors = new(process.StandardError.BaseStream, options.OutputBytes, whenFlooded);
        Ending ending = Ending.Exited;
        try
        {
            await WaitForEndAsync(output, errors, profile, stop.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            ending = Ending.TimedOut;
        }
        finally
        {
            ProcessTree.Kill(process);
        }

        ending = whenFlooded != null && (output.Exceeded || errors.Exceeded) ? Ending.Flooded : ending;
        return new Execution(ending, ending == Ending.Exited ? Signals.ExitCode(process) : -Signals.Kill, clock.Elapsed)
        {
            Output = output.Bytes,
            Errors = errors.Bytes,
            Report = folder.ReadReport(options.OutputBytes),
            Folder = folder.Scratch,
        };
    }

    /// <summary>Kills the interpreter and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            ProcessTree.Kill(process);
        }

        await process.WaitForExitAsync();
        process.Dispose();
        await folder.DisposeAsync();
    }

    private static Process Launch(string interpreter, string script, PrewarmedFolder folder)
    {
        ProcessStartInfo start = new(interpreter, ["-B", script, folder.Scratch, folder.Report])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Scratch,
        };
        PythonEnvironment.Apply(start);
        try
        {
            return Process.Start(start) ?? throw new PythonException($"{interpreter} did not start");
        }
        catch (Win32Exception error)
        {
            throw new PythonException($"{interpreter} can't be started: {error.Message}", error);
        }
    }

    private async Task BecomeReadyAsync(string interpreter, CancellationToken cancel)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        stop.CancelAfter(StartLimit);
        try
        {
            using Capture output = new(process.StandardOutput.BaseStream, 0);
            if (!await output.ReadFirstByteAsync(stop.Token))
            {
                string complaint = (await process.StandardError.ReadToEndAsync(stop.Token)).TrimEnd();
                throw new PythonException($"{interpreter} did not start: {(complaint.Length == 0 ? "it ended without a word" : complaint.Split('\n')[^1].Trim())}");
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PythonException($"{interpreter} did not start: not ready within {StartLimit.TotalSeconds} s");
        }
    }

    /// <summary>The layout is JOB in prewarmed.py, behind the frame's length.</summary>
    private byte[] Frame(PythonJob job)
    {
        bool notebook = job.Profile == PythonProfile.Notebook;
        byte[] source = Encoding.UTF8.GetBytes(notebook ? NotebookSource.From(job.Code) : job.Code);
        byte[] frame = new byte[sizeof(uint) + JobBytes + source.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)(JobBytes + source.Length));
        Span<byte> body = frame.AsSpan(sizeof(uint));
        body[0] = (byte)(notebook ? 'N' : 'D');
        BinaryPrimitives.WriteUInt32LittleEndian(body[1..], (uint)options.CpuSeconds);
        BinaryPrimitives.WriteUInt64LittleEndian(body[(1 + sizeof(uint))..], (ulong)options.FileBytes);
        source.CopyTo(body[JobBytes..]);
        return frame;
    }

    /// <summary>The notebook waits for the end of both streams, whoever holds them; the default profile for the program.</summary>
    private async Task WaitForEndAsync(Capture output, Capture errors, PythonProfile profile, CancellationToken stop)
    {
        Task streams = Task.WhenAll(output.ReadToEndAsync(stop), errors.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop);
        if (profile == PythonProfile.Default)
        {
            ProcessTree.Kill(process);
        }

        await streams.WaitAsync(stop);
    }
}
