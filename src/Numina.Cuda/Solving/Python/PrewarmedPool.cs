namespace Numina.Cuda.Solving.Python;

/// <summary>
/// Runs each program in an interpreter of its own that has loaded its libraries beforehand, and is replaced in the background as soon as it is used. For
/// systems that <see cref="PythonPool"/> does not support: it limits programs as the system allows, and does not confine them, as <see cref="Sandbox"/> says.
/// </summary>
public sealed class PrewarmedPool : ISandboxedPython
{
    private const int Attempts = 3;
    private readonly PythonPoolOptions options;
    private readonly string interpreter;
    private readonly SemaphoreSlim vacancies;
    private readonly CancellationTokenSource closing = new();
    private readonly WorkerFiles files = new();
    private readonly Lock gate = new();
    private readonly Queue<Task<PrewarmedWorker>> waiting = new();
    private int started;

    private PrewarmedPool(PythonPoolOptions options, string interpreter)
    {
        this.options = options;
        this.interpreter = interpreter;
        vacancies = new SemaphoreSlim(options.Workers, options.Workers);
    }

    public SandboxReport Sandbox { get; } = Layers(OperatingSystem.IsWindows());

    /// <summary>The folder of its interpreters, for tests that look for what is left.</summary>
    internal string Folder => files.Folder;

    /// <summary>How many interpreters it has started, for tests of their replacement.</summary>
    internal int Started => Volatile.Read(ref started);

    /// <summary>Starts the pool; returns when its first interpreter is ready.</summary>
    /// <exception cref="PythonException">No interpreter, or it can't be used; under <see cref="SandboxMode.Require"/> always, for layers are missing.</exception>
    public static async Task<PrewarmedPool> StartAsync(PythonPoolOptions options, CancellationToken cancel)
    {
        Layers(OperatingSystem.IsWindows()).Check(options.Sandbox);
        PrewarmedPool pool = new(options, options.Interpreter ?? PythonInterpreter.Find());
        try
        {
            await pool.WarmUp().WaitAsync(cancel);
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
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        await vacancies.WaitAsync(either.Token);
        try
        {
            await using PrewarmedWorker worker = await SendAsync(job, either.Token);
            Execution execution = await worker.FinishAsync(job.Profile, either.Token);
            either.Token.ThrowIfCancellationRequested();
            return execution.Interpret(job.Profile, options);
        }
        finally
        {
            vacancies.Release();
        }
    }

    /// <summary>Kills what is running and what waits, and removes every folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested)
        {
            return;
        }

        await closing.CancelAsync();
        for (int vacancy = 0; vacancy < options.Workers; vacancy++)
        {
            await vacancies.WaitAsync(CancellationToken.None);
        }

        // No release: nothing runs any more, and nothing more is started.
        foreach (Task<PrewarmedWorker> starting in waiting)
        {
            await starting.ContinueWith(_ => { }, TaskScheduler.Default);
            if (starting.IsCompletedSuccessfully)
            {
                await starting.Result.DisposeAsync();
            }
        }

        files.Dispose();
    }

    /// <summary>What holds here. The layers' names are those of docs/sandbox.md.</summary>
    internal static SandboxReport Layers(bool windows)
    {
        string unlimited = windows ? "Windows has no such limit of a process" : "";
        return new SandboxReport(
        [
            new SandboxLayer("own process", true, ""),
            new SandboxLayer("clean environment", true, ""),
            new SandboxLayer("own folder", true, ""),
            new SandboxLayer("wall clock", true, ""),
            new SandboxLayer("output limit", true, ""),
            new SandboxLayer("processor time limit", !windows, unlimited),
            new SandboxLayer("file size limit", !windows, unlimited),
            new SandboxLayer("memory limit", false, "programs may take all memory"),
            new SandboxLayer("process limit", false, "programs may start any number of processes, and a daemon may outlive them"),
            new SandboxLayer("file isolation", false, "programs may read and write what this user may"),
            new SandboxLayer("network isolation", false, "programs may use the network"),
            new SandboxLayer("process isolation", false, "programs may execute others, and end or read this user's processes"),
            new SandboxLayer("system call filter", false, "programs may use the whole kernel"),
        ]);
    }

    /// <summary>Takes an interpreter and gives it the program. One may have died while it waited: then the next.</summary>
    private async Task<PrewarmedWorker> SendAsync(PythonJob job, CancellationToken cancel)
    {
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            Task<PrewarmedWorker> taken = Take();
            PrewarmedWorker worker;
            try
            {
                worker = await taken.WaitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                PutBack(taken);
                throw;
            }

            try
            {
                if (await worker.TrySendAsync(job, cancel))
                {
                    return worker;
                }
            }
            catch
            {
                await worker.DisposeAsync();
                throw;
            }

            await worker.DisposeAsync();
        }

        throw new PythonException($"{interpreter} dies while it waits for a program");
    }

    /// <summary>The interpreter that has waited longest; another is started in its place.</summary>
    private Task<PrewarmedWorker> Take()
    {
        lock (gate)
        {
            Task<PrewarmedWorker> taken = waiting.Count > 0 ? waiting.Dequeue() : Start();
            FillUp();
            return taken;
        }
    }

    private void PutBack(Task<PrewarmedWorker> unused)
    {
        lock (gate)
        {
            waiting.Enqueue(unused);
        }
    }

    private Task<PrewarmedWorker> WarmUp()
    {
        lock (gate)
        {
            FillUp();
            return waiting.Peek();
        }
    }

    /// <summary>As many wait as there are processors: more would not be ready sooner, and each holds its libraries in memory.</summary>
    private void FillUp()
    {
        while (waiting.Count < Math.Min(options.Workers, Environment.ProcessorCount))
        {
            waiting.Enqueue(Start());
        }
    }

    private Task<PrewarmedWorker> Start()
    {
        string name = FormattableString.Invariant($"worker{Interlocked.Increment(ref started)}");
        return Task.Run(() => PrewarmedWorker.StartAsync(interpreter, files.Folder, name, options, closing.Token));
    }
}
