using System.Diagnostics;

namespace Numina.Cuda.Solving.Python;

/// <summary>
/// Runs programs in forks of a process that has its libraries loaded, each in a sandbox (docs/sandbox.md). A server that dies is replaced, and what it was
/// running is run once more. Linux only; elsewhere <see cref="PrewarmedPool"/> stands in.
/// </summary>
public sealed class PythonPool : ISandboxedPython
{
    private readonly PythonPoolOptions options;
    private readonly string interpreter;
    private readonly SemaphoreSlim vacancies;
    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly CancellationTokenSource closing = new();
    private readonly MetricsRecorder recorder = new();
    private PythonServer? server;

    private PythonPool(PythonPoolOptions options, string interpreter)
    {
        this.options = options;
        this.interpreter = interpreter;
        vacancies = new SemaphoreSlim(options.Workers, options.Workers);
    }

    /// <summary>Whether this system has what the pool is built on.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    public SandboxReport Sandbox { get; private set; } = new([]);

    public PythonMetrics Metrics => recorder.Snapshot();

    /// <summary>The fork server's process number, for tests that kill it.</summary>
    internal int ServerProcessId => server?.ProcessId ?? throw new InvalidOperationException("no server is running");

    /// <summary>Does to the server what this process's death would do, for tests.</summary>
    internal void CloseServerPipe() => server?.ClosePipe();

    /// <summary>Starts the pool; returns when the libraries are loaded, so start it beside the model's loading.</summary>
    /// <exception cref="PythonException">No interpreter, or it can't serve; under <see cref="SandboxMode.Require"/> also a missing layer.</exception>
    public static async Task<PythonPool> StartAsync(PythonPoolOptions options, CancellationToken cancel)
    {
        if (!IsSupported)
        {
            throw new PythonException("the Python pool needs Linux");
        }

        PythonPool pool = new(options, options.Interpreter ?? PythonInterpreter.Find());
        try
        {
            await pool.ServerAsync(cancel);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync();
            throw;
        }
    }

    public async Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel)
    {
        long asked = Stopwatch.GetTimestamp();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        await vacancies.WaitAsync(either.Token);
        try
        {
            Execution execution = await RunWithOneRetryAsync(job, either.Token);
            either.Token.ThrowIfCancellationRequested();
            PythonResult result = execution.Interpret(job.Profile, options);
            recorder.Record(result, Stopwatch.GetElapsedTime(asked));
            return result;
        }
        catch (OperationCanceledException)
        {
            recorder.RecordCancelled();
            throw;
        }
        finally
        {
            vacancies.Release();
        }
    }

    /// <summary>Kills what is running and waits until the last process has gone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested)
        {
            return;
        }

        await closing.CancelAsync();
        await starting.WaitAsync();
        if (server != null)
        {
            await server.DisposeAsync();
            server = null;
        }

        // No release: whoever still waits for a server must not start another.
    }

    private async Task<Execution> RunWithOneRetryAsync(PythonJob job, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await (await ServerAsync(cancel)).RunAsync(job, options, cancel);
            }
            catch (ServerLostException)
            {
                cancel.ThrowIfCancellationRequested();
                if (attempt > 1)
                {
                    // Twice under the same program: whatever it did, it is the program that fails, and the engine goes on.
                    return new Execution(Ending.Exited, -Signals.Kill, TimeSpan.Zero) { Folder = "/" };
                }
            }
        }
    }

    /// <summary>The server, started anew when it has died.</summary>
    private async Task<PythonServer> ServerAsync(CancellationToken cancel)
    {
        await starting.WaitAsync(cancel);
        try
        {
            if (server is { IsAlive: false })
            {
                recorder.RecordRestart();
                await server.DisposeAsync();
                server = null;
            }

            if (server == null)
            {
                server = await PythonServer.StartAsync(interpreter, options, cancel);
                Sandbox = SandboxReport.Parse(await server.Report);
                Sandbox.Check(options.Sandbox);
            }

            return server;
        }
        finally
        {
            starting.Release();
        }
    }
}
