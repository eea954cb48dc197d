namespace Numina.Cuda.Solving.Python;

/// <summary>
/// Runs programs in forks of a process that has its libraries loaded, each in a sandbox (docs/sandbox.md). A server that dies is replaced, and what it was
/// running is run once more. Linux only; elsewhere <see cref="FreshInterpreter"/> stands in.
/// </summary>
public sealed class PythonPool : IPythonRunner
{
    private readonly PythonPoolOptions options;
    private readonly string interpreter;
    private readonly SemaphoreSlim vacancies;
    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly CancellationTokenSource closing = new();
    private PythonServer? server;

    private PythonPool(PythonPoolOptions options, string interpreter)
    {
        this.options = options;
        this.interpreter = interpreter;
        vacancies = new SemaphoreSlim(options.Workers, options.Workers);
    }

    /// <summary>Starts the pool; returns when the libraries are loaded, so start it beside the model's loading.</summary>
    /// <exception cref="PythonException">No interpreter, or it can't serve; under <see cref="SandboxMode.Require"/> also a missing layer.</exception>
    public static async Task<PythonPool> StartAsync(PythonPoolOptions options, CancellationToken cancel)
    {
        PythonPool pool = new(options, options.Interpreter ?? PythonInterpreter.Find());
        await pool.ServerAsync(cancel);
        return pool;
    }

    public async Task<PythonResult> RunAsync(PythonJob job, CancellationToken cancel)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        await vacancies.WaitAsync(both.Token);
        try
        {
            Execution execution = await RunWithOneRetryAsync(job, both.Token);
            both.Token.ThrowIfCancellationRequested();
            return execution.Interpret(job.Profile, options);
        }
        finally
        {
            vacancies.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (server != null)
        {
            await server.DisposeAsync();
        }
    }

    private async Task<Execution> RunWithOneRetryAsync(PythonJob job, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await (await ServerAsync(cancel)).RunAsync(job, options, cancel);
            }
            catch (ServerLostException lost) when (attempt > 1)
            {
                throw new PythonException($"the Python server died twice under one program: {lost.Message}", lost);
            }
            catch (ServerLostException)
            {
                cancel.ThrowIfCancellationRequested();
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
                await server.DisposeAsync();
                server = null;
            }

            return server ??= await PythonServer.StartAsync(interpreter, options, cancel);
        }
        finally
        {
            starting.Release();
        }
    }
}
