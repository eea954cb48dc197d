using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Numina.Cuda.Solving.Python;

/// <summary>One fork server process (worker.py) and the frames to and from it. It does not come back to life: the pool starts another.</summary>
internal sealed class PythonServer : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly WorkerFiles files;
    private readonly Task reader;
    private readonly StringBuilder complaints = new();
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<ReadOnlyMemory<byte>>> pending = new();
    private readonly TaskCompletionSource<string> hello = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PythonServer(Process process, WorkerFiles files)
    {
        this.process = process;
        this.files = files;
        process.ErrorDataReceived += (_, line) => Complain(line.Data);
        process.BeginErrorReadLine();
        reader = Task.Factory.StartNew(ReadFrames, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The launcher's process number.</summary>
    public int ProcessId => process.Id;

    /// <summary>False once the process has closed its pipe.</summary>
    public bool IsAlive => !reader.IsCompleted;

    /// <summary>What the server said of its isolation, as JSON.</summary>
    public Task<string> Report => hello.Task;

    /// <summary>Starts the server; it answers on <see cref="Report"/> when its libraries are loaded.</summary>
    public static async Task<PythonServer> StartAsync(string interpreter, PythonPoolOptions options, CancellationToken cancel)
    {
        WorkerFiles files = new();
        PythonServer server = new(Launch(interpreter, files), files);
        try
        {
            await server.WriteAsync(ServerFrames.Options(options, files.Folder), cancel);
            await server.hello.Task.WaitAsync(cancel);
            return server;
        }
        catch (Exception error)
        {
            await server.DisposeAsync();
            throw error is ServerLostException ? new PythonException($"the Python server did not start: {server.Epitaph()}", error) : error;
        }
    }

    /// <summary>Runs one program.</summary>
    /// <exception cref="ServerLostException">The server, or the slot that ran the program, died.</exception>
    public async Task<Execution> RunAsync(PythonJob job, PythonPoolOptions options, CancellationToken cancel)
    {
        ulong token = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        TaskCompletionSource<ReadOnlyMemory<byte>> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[token] = answer;
        try
        {
            if (!IsAlive)
            {
                throw new ServerLostException(Epitaph());
            }

            await WriteAsync(ServerFrames.Job(token, job, options), CancellationToken.None);
            await using (cancel.Register(() => _ = KillAsync(token)))
            {
                return ServerFrames.ReadResult(await answer.Task.WaitAsync(options.WallClock + Grace, CancellationToken.None));
            }
        }
        catch (TimeoutException error)
        {
            // The server keeps the clock. One that does not answer is broken, and everything in it with it.
            process.Kill();
            throw new ServerLostException("it no longer answers", error);
        }
        finally
        {
            pending.TryRemove(token, out _);
        }
    }

    /// <summary>The nursery ends when its pipe closes, and everything below it ends with it.</summary>
    public void ClosePipe()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Its end is gone already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        ClosePipe();
        await reader;
        await process.WaitForExitAsync();
        process.Dispose();
        writing.Dispose();
        files.Dispose();
    }

    private static Process Launch(string interpreter, WorkerFiles files)
    {
        try
        {
            return Process.Start(StartInfo(interpreter, files.Folder)) ?? throw new PythonException($"{interpreter} did not start");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            files.Dispose();
            throw new PythonException($"{interpreter} can't be started: {error.Message}", error);
        }
    }

    private static ProcessStartInfo StartInfo(string interpreter, string folder)
    {
        ProcessStartInfo start = new(interpreter, ["-B", Path.Combine(folder, "worker.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        PythonEnvironment.Apply(start);
        return start;
    }

    private async Task KillAsync(ulong token)
    {
        try
        {
            await WriteAsync(ServerFrames.Kill(token), CancellationToken.None);
        }
        catch (ServerLostException)
        {
            // Whoever waits for the execution is told by the reader.
        }
    }

    private async Task WriteAsync(byte[] frame, CancellationToken cancel)
    {
        await writing.WaitAsync(cancel);
        try
        {
            Stream stream = process.StandardInput.BaseStream;
            await stream.WriteAsync(frame, CancellationToken.None);
            await stream.FlushAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw new ServerLostException(Epitaph(), error);
        }
        finally
        {
            writing.Release();
        }
    }

    private void ReadFrames()
    {
        Stream stream = process.StandardOutput.BaseStream;
        try
        {
            while (ServerFrames.Read(stream) is { } frame)
            {
                Dispatch(frame);
            }
        }
        catch (IOException)
        {
            // A broken pipe is the end of the stream.
        }

        // Only then has all that it complained of been read.
        process.WaitForExit();
        ServerLostException lost = new(Epitaph());
        hello.TrySetException(new PythonException($"the Python server did not start: {lost.Message}"));
        foreach (TaskCompletionSource<ReadOnlyMemory<byte>> answer in pending.Values)
        {
            answer.TrySetException(lost);
        }
    }

    private void Dispatch(ReadOnlyMemory<byte> frame)
    {
        if (ServerFrames.IsHello(frame.Span, out string report))
        {
            hello.TrySetResult(report);
            return;
        }

        (ulong token, ReadOnlyMemory<byte> result, string? failure) = ServerFrames.ReadAnswer(frame);
        if (!pending.TryGetValue(token, out TaskCompletionSource<ReadOnlyMemory<byte>>? answer))
        {
            return;
        }

        if (failure == null)
        {
            answer.TrySetResult(result);
        }
        else
        {
            answer.TrySetException(new ServerLostException(failure));
        }
    }

    private void Complain(string? line)
    {
        lock (complaints)
        {
            complaints.AppendLine(line);
        }
    }

    /// <summary>The last line that the server wrote to its standard error.</summary>
    private string Epitaph()
    {
        lock (complaints)
        {
            string text = complaints.ToString().TrimEnd();
            return text.Length == 0 ? "it ended without a word" : text[(text.LastIndexOf('\n') + 1)..].Trim();
        }
    }
}
