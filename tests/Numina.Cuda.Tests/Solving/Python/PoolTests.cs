using System.Diagnostics;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>The pool itself: a dead server, cancellation, a crowd of hostile programs, what 20,000 executions leave behind.</summary>
[NonParallelizable]
internal sealed class PoolTests
{
    [OneTimeSetUp]
    public void Need_Linux()
    {
        if (!PythonPool.IsSupported)
        {
            Assert.Ignore("the Python pool needs Linux");
        }
    }

    [Test]
    public async Task A_dead_server_is_replaced_and_its_programs_run_again()
    {
        await using PythonPool pool = await StartAsync(new PythonPoolOptions { Workers = 4 });
        int first = pool.ServerProcessId;
        Task<PythonResult>[] running = [.. Enumerable.Range(0, 4).Select(n => Run(pool, $"import time\ntime.sleep(1)\n{n}"))];
        await Task.Delay(300);
        using (Process server = Process.GetProcessById(first))
        {
            server.Kill();
        }

        PythonResult[] results = await Task.WhenAll(running);
        Assert.That(results.Select(result => result.Output), Is.EqualTo(new[] { "0", "1", "2", "3" }));
        Assert.That(pool.ServerProcessId, Is.Not.EqualTo(first));
        Assert.That(pool.Metrics.ServerRestarts, Is.EqualTo(1));
    }

    [Test]
    public async Task Cancelling_kills_the_program_and_everything_below_it()
    {
        await using PythonPool pool = await StartAsync(new PythonPoolOptions { Workers = 1, WallClock = TimeSpan.FromSeconds(60), CpuSeconds = 60 });
        string name = "cancel" + Random.Shared.Next(1_000_000);
        using CancellationTokenSource cancel = new();
        Task<PythonResult> endless = pool.RunAsync(Job($"import ctypes, os\nctypes.CDLL(None).prctl(15, b'{name}')\nos.fork()\nwhile True: pass"), cancel.Token);
        Task<PythonResult> queued = pool.RunAsync(Job("1"), cancel.Token);
        Assert.That(() => Process.GetProcessesByName(name), Has.Length.EqualTo(2).After(20_000, 50));
        await cancel.CancelAsync();
        Assert.That(async () => await endless, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await queued, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Process.GetProcessesByName(name), Is.Empty);
        Assert.That((await Run(pool, "6 * 7")).Output, Is.EqualTo("42"));
        Assert.That(pool.Metrics.Executions, Is.EqualTo(1), "a cancelled execution is no execution");
    }

    [Test]
    public async Task Disposing_ends_every_process_and_removes_the_folder()
    {
        HashSet<string> folders = [.. WorkerFolders()];
        PythonPool pool = await StartAsync(new PythonPoolOptions { Workers = 3 });
        int server = pool.ServerProcessId;
        string name = "dispose" + Random.Shared.Next(1_000_000);
        Task<PythonResult>[] running = [.. Enumerable.Range(0, 5).Select(_ => Run(pool, $"import ctypes, time\nctypes.CDLL(None).prctl(15, b'{name}')\ntime.sleep(4)"))];
        Assert.That(() => Process.GetProcessesByName(name), Is.Not.Empty.After(20_000, 50));
        await pool.DisposeAsync();
        foreach (Task<PythonResult> one in running)
        {
            Assert.That(async () => await one, Throws.InstanceOf<OperationCanceledException>());
        }

        Assert.That(Process.GetProcessesByName(name), Is.Empty);
        Assert.That(() => Process.GetProcessById(server), Throws.ArgumentException);
        Assert.That(WorkerFolders().Except(folders), Is.Empty);
    }

    [Test]
    public async Task The_engines_death_is_the_servers()
    {
        // However the engine dies, its end of the pipe closes.
        await using PythonPool pool = await StartAsync(new PythonPoolOptions { Workers = 2 });
        Task<PythonResult> running = Run(pool, "import time\ntime.sleep(3)");
        using Process server = Process.GetProcessById(pool.ServerProcessId);
        await Task.Delay(200);
        pool.CloseServerPipe();
        Assert.That(server.WaitForExit(TimeSpan.FromSeconds(20)), Is.True);
        Assert.That(async () => await running, Throws.Nothing, "and the next server runs it again");
    }

    [Test]
    public async Task Metrics_count_what_happened()
    {
        await using PythonPool pool = await StartAsync(new PythonPoolOptions { Workers = 2, WallClock = TimeSpan.FromSeconds(2) });
        await Task.WhenAll(Run(pool, "1"), Run(pool, "2"), Run(pool, "1/0"), Run(pool, "import time\ntime.sleep(9)"));
        PythonMetrics metrics = pool.Metrics;
        Assert.That((metrics.Executions, metrics.Succeeded, metrics.Failed, metrics.Limited[PythonLimit.WallClock]), Is.EqualTo((4L, 2L, 1L, 1L)));
        Assert.That(metrics.P99, Is.GreaterThanOrEqualTo(metrics.P50).And.GreaterThan(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public void A_required_sandbox_that_is_not_granted_refuses_to_start()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        string python = new SandboxSetting("no_namespaces", false, true).Interpreter(folder.FullName);
        PythonException error = Assert.ThrowsAsync<PythonException>(() => StartAsync(new PythonPoolOptions { Sandbox = SandboxMode.Require, Interpreter = python }))!;
        Assert.That(error.Message, Does.StartWith("--sandbox require: Python sandbox: ").And.Contain("process namespace").And.Not.Contain("\n"));
        folder.Delete(recursive: true);
    }

    [TestCase("/nonexistent/python3", "can't be started")]
    [TestCase("/bin/false", "did not start")]
    public void An_interpreter_that_is_none_gives_one_clear_line(string interpreter, string expected)
    {
        PythonException error = Assert.ThrowsAsync<PythonException>(() => StartAsync(new PythonPoolOptions { Interpreter = interpreter }))!;
        Assert.That(error.Message, Does.Contain(expected).And.Not.Contain("\n"));
    }

    /// <summary>48 at once, of which 16 hang, 8 take memory and 8 fork: the 16 others are right, within twice their unloaded time plus the limit.</summary>
    [Test]
    public async Task A_hostile_crowd_does_not_disturb_the_others()
    {
        PythonPoolOptions options = new() { Workers = 48, WallClock = TimeSpan.FromSeconds(10), MemoryBytes = 128 << 20 };
        await using PythonPool pool = await StartAsync(options);
        await Task.WhenAll(Enumerable.Range(0, 48).Select(_ => Run(pool, "1")));
        string[] hostile =
        [
            .. Enumerable.Repeat("while True: pass", 8),
            .. Enumerable.Repeat("import time\ntime.sleep(1000)", 8),
            .. Enumerable.Repeat("x = []\nwhile True: x.append(bytearray(1 << 20))", 8),
            .. Enumerable.Repeat("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", 8),
        ];
        const string honest = "sum(k * k for k in range({0})), sp.factorint(2 ** 64 - 1)[641]";
        Stopwatch clock = Stopwatch.StartNew();
        PythonResult alone = await Run(pool, string.Format(honest, 1000));
        TimeSpan allowed = (2 * clock.Elapsed) + options.WallClock;
        Assert.That(alone.Status, Is.EqualTo(PythonStatus.Success));

        Task<PythonResult>[] attacks = [.. hostile.Select(code => Run(pool, code))];
        (PythonResult Result, TimeSpan Time)[] answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Timed(pool, string.Format(honest, 1000 + n))));
        for (int n = 0; n < 16; n++)
        {
            long count = 1000 + n;
            Assert.That(answers[n].Result.Output, Is.EqualTo($"({(count - 1) * count * ((2 * count) - 1) / 6}, 1)"));
            Assert.That(answers[n].Time, Is.LessThan(allowed));
        }

        Assert.That((await Task.WhenAll(attacks)).Select(result => result.Limit), Has.None.EqualTo(PythonLimit.None));
        Assert.That((await Run(pool, "6 * 7")).Output, Is.EqualTo("42"));
        Assert.That(pool.Metrics.ServerRestarts, Is.Zero);
    }

    [Test]
    public async Task Twenty_thousand_executions_leave_nothing_behind()
    {
        const int count = 20_000;
        await using PythonPool pool = await StartAsync(new PythonPoolOptions { Workers = 4 });
        const string code = "open('f', 'w').write('x')\nimport os\nif os.fork() == 0: os._exit(0)\n6 * 7";
        await RunMany(pool, code, 100);
        (int processes, int files, int descriptors, long memory) = Footprint.Of(pool.ServerProcessId);
        await RunMany(pool, code, count);
        Footprint after = Footprint.Of(pool.ServerProcessId);
        Assert.That(after.Processes, Is.EqualTo(processes));
        Assert.That(after.Files, Is.EqualTo(files));
        Assert.That(after.Descriptors, Is.EqualTo(descriptors).Within(2));
        Assert.That(after.MemoryBytes, Is.LessThan(memory + (8 << 20)), "all its processes together");
        Assert.That(pool.Metrics.Succeeded, Is.EqualTo(count + 100));
    }

    private static async Task RunMany(PythonPool pool, string code, int count)
    {
        int left = count;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Run(pool, code);
            }
        }));
    }

    private static async Task<(PythonResult Result, TimeSpan Time)> Timed(PythonPool pool, string code)
    {
        Stopwatch clock = Stopwatch.StartNew();
        return (await Run(pool, code), clock.Elapsed);
    }

    private static IEnumerable<string> WorkerFolders() => Directory.EnumerateDirectories(Path.GetTempPath(), "numina-python-*");

    private static Task<PythonPool> StartAsync(PythonPoolOptions options) => PythonPool.StartAsync(options, CancellationToken.None);

    private static PythonJob Job(string code) => new(code, PythonProfile.Default);

    private static Task<PythonResult> Run(PythonPool pool, string code) => pool.RunAsync(Job(code), CancellationToken.None);
}
