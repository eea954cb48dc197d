using System.Diagnostics;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>The pool for systems without a fork server: what it ends, what it removes, what it says of itself.</summary>
[NonParallelizable]
internal sealed class PrewarmedPoolTests
{
    [Test]
    public async Task A_program_that_hangs_is_killed_with_its_children()
    {
        Need_Linux();
        await using PrewarmedPool pool = await StartAsync(seconds: 1);
        string name = "hang" + Random.Shared.Next(1_000_000);
        PythonResult result = await Run(pool, $"{Rename(name)}print('partial')\nimport time\nif os.fork() == 0:\n    os.fork()\ntime.sleep(60)");
        Assert.That((result.Status, result.Output), Is.EqualTo((PythonStatus.TimedOut, "partial\nTimed out after 1 seconds.")));
        Assert.That(() => Process.GetProcessesByName(name), Is.Empty.After(2_000, 20));
    }

    [Test]
    public async Task A_child_does_not_outlive_the_program_that_left_it()
    {
        Need_Linux();
        await using PrewarmedPool pool = await StartAsync(seconds: 20);
        string name = "orphan" + Random.Shared.Next(1_000_000);
        PythonResult result = await Run(pool, $"{Rename(name)}import time\nif os.fork() == 0: time.sleep(60)\n7");
        Assert.That((result.Status, result.Output), Is.EqualTo((PythonStatus.Success, "7")));
        Assert.That(result.Duration, Is.LessThan(TimeSpan.FromSeconds(15)));
        Assert.That(() => Process.GetProcessesByName(name), Is.Empty.After(2_000, 20));
    }

    [Test]
    public async Task Cancelling_kills_the_program_and_the_pool_goes_on()
    {
        Need_Linux();
        await using PrewarmedPool pool = await StartAsync(seconds: 60);
        string name = "cancel" + Random.Shared.Next(1_000_000);
        using CancellationTokenSource cancel = new();
        Task<PythonResult> endless = pool.RunAsync(Job($"{Rename(name)}os.fork()\nwhile True: pass"), cancel.Token);
        Task<PythonResult> queued = pool.RunAsync(Job("1"), cancel.Token);
        Assert.That(() => Process.GetProcessesByName(name), Has.Length.EqualTo(2).After(20_000, 50));
        await cancel.CancelAsync();
        Assert.That(async () => await endless, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await queued, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => Process.GetProcessesByName(name), Is.Empty.After(2_000, 20));
        Assert.That((await Run(pool, "6 * 7")).Output, Is.EqualTo("42"));
    }

    [Test]
    public async Task Every_program_has_an_interpreter_and_a_folder_of_its_own_and_nothing_is_left()
    {
        PrewarmedPool pool = await StartAsync(seconds: 20);
        const string code = "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\nprint(os.getpid())\nprint(os.getcwd())";
        string[] first = (await Run(pool, code)).Output.Split('\n');
        string[] second = (await Run(pool, code)).Output.Split('\n');
        Assert.That(second[0], Is.Not.EqualTo(first[0]));
        Assert.That(second[1], Is.Not.EqualTo(first[1]));
        Assert.That(first[1], Does.StartWith(pool.Folder), "the pool's own folder");
        Assert.That(Directory.GetParent(first[1])!.Exists, Is.False);
        Assert.That(Directory.GetParent(second[1])!.Exists, Is.False);
        Assert.That(pool.Started, Is.EqualTo(3), "the first, and one for each that was used");
        await pool.DisposeAsync();
        Assert.That(Directory.Exists(pool.Folder), Is.False);
    }

    [Test]
    public async Task An_interpreter_that_dies_while_it_waits_is_replaced()
    {
        Need_Linux();
        await using PrewarmedPool pool = await StartAsync(seconds: 20);
        string script = Path.Combine(pool.Folder, "prewarmed.py");
        foreach (Process python in Process.GetProcesses().Where(process => CommandLine(process).Contains(script, StringComparison.Ordinal)))
        {
            python.Kill();
        }

        Assert.That((await Run(pool, "6 * 7")).Output, Is.EqualTo("42"));
    }

    [Test]
    public async Task Too_much_output_and_a_file_too_large_are_stopped()
    {
        await using PrewarmedPool pool = await StartAsync(seconds: 20);
        PythonResult flood = await Run(pool, "while True: print('x' * 1000)");
        Assert.That((flood.Limit, flood.Error), Is.EqualTo((PythonLimit.Output, "Stopped: more than 1 MiB of output.")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That((await Run(pool, "open('f', 'wb').write(bytes(17 << 20))")).Error, Does.EndWith("The limit of a written file is 16 MiB."));
        }
    }

    [Test]
    public async Task Nothing_of_the_engines_environment_is_seen()
    {
        const string name = "NUMINA_TEST_SECRET";
        Environment.SetEnvironmentVariable(name, "secret");
        try
        {
            await using PrewarmedPool pool = await StartAsync(seconds: 20);
            PythonResult result = await Run(pool, "import os\nprint(*sorted(os.environ))\nos.environ.get('HOME') == os.environ.get('TMPDIR') == os.getcwd()");
            Assert.That(result.Output, OperatingSystem.IsWindows() ? Does.Not.Contain(name) : Is.EqualTo("HOME LANG PATH TMPDIR\nTrue"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [TestCase(false, 7)]
    [TestCase(true, 5)]
    public void It_names_what_holds_and_what_is_missing_in_one_line(bool windows, int held)
    {
        SandboxReport report = PrewarmedPool.Layers(windows);
        Assert.That(report.Layers.Count(layer => layer.Active), Is.EqualTo(held));
        Assert.That(report.Summary, Does.StartWith($"Python sandbox: {held} of 13 layers hold; missing: ").And.Contain("network isolation (programs may use the network)")
            .And.Contain("file isolation (").And.Not.Contain("\n"));
    }

    [Test]
    public void A_required_sandbox_refuses_to_start()
    {
        PythonException error = Assert.ThrowsAsync<PythonException>(() => PrewarmedPool.StartAsync(new PythonPoolOptions { Sandbox = SandboxMode.Require }, CancellationToken.None))!;
        Assert.That(error.Message, Does.StartWith("--sandbox require: Python sandbox: ").And.Contain("file isolation"));
    }

    [TestCase("/nonexistent/python3", "can't be started")]
    [TestCase("/bin/false", "did not start")]
    public void An_interpreter_that_is_none_gives_one_clear_line(string interpreter, string expected)
    {
        PythonException error = Assert.ThrowsAsync<PythonException>(() => PrewarmedPool.StartAsync(new PythonPoolOptions { Interpreter = interpreter }, CancellationToken.None))!;
        Assert.That(error.Message, Does.Contain(expected).And.Not.Contain("\n"));
    }

    [Test]
    public async Task The_best_runner_of_the_system_is_chosen()
    {
        await using ISandboxedPython python = await SandboxedPython.StartAsync(new PythonPoolOptions { Workers = 1 }, CancellationToken.None);
        Assert.That(python, Is.InstanceOf(PythonPool.IsSupported ? typeof(PythonPool) : typeof(PrewarmedPool)));
        Assert.That(python.Sandbox.Layers, Is.Not.Empty);
    }

    private static void Need_Linux()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("looks for processes by the names that Linux lets them give themselves");
        }
    }

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string Rename(string name) => $"import ctypes, os\nctypes.CDLL(None).prctl(15, b'{name}')\n";

    private static Task<PrewarmedPool> StartAsync(double seconds) =>
        PrewarmedPool.StartAsync(new PythonPoolOptions { Workers = 1, WallClock = TimeSpan.FromSeconds(seconds), CpuSeconds = 60 }, CancellationToken.None);

    private static PythonJob Job(string code) => new(code, PythonProfile.Default);

    private static Task<PythonResult> Run(PrewarmedPool pool, string code) => pool.RunAsync(Job(code), CancellationToken.None);
}
