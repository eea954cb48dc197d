using System.Diagnostics;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>Programs that will not stop, or take too much: each ends in time, says why, and leaves nothing running.</summary>
[TestFixtureSource(typeof(SandboxSetting), nameof(SandboxSetting.All))]
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
internal sealed class LimitTests(SandboxSetting setting)
{
    private AttackTargets targets = null!;
    private PythonPool pool = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        targets = new AttackTargets();
        pool = await PythonPool.StartAsync(EscapeTests.Options(setting.Interpreter(targets.Folder)) with { WallClock = TimeSpan.FromSeconds(3), CpuSeconds = 2, OutputBytes = 1 << 16 }, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (pool != null)
        {
            await pool.DisposeAsync();
        }

        targets?.Dispose();
    }

    [TestCase("import time\ntime.sleep(100)", TestName = "{C}(sleeps)")]
    [TestCase("import signal, time\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\ntime.sleep(100)", TestName = "{C}(ignores signals)")]
    [TestCase("import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\ntime.sleep(100)", TestName = "{C}(blocks signals)")]
    [TestCase("import ctypes\nctypes.PyDLL(None).sleep(100)", TestName = "{C}(C code that holds the interpreter's lock)")]
    [TestCase("import os, time\nos.closerange(0, 64)\ntime.sleep(100)", TestName = "{C}(closes its descriptors)")]
    [TestCase("import os, time\nif os.fork() == 0: os.kill(os.getppid(), 19)\ntime.sleep(100)", TestName = "{C}(is stopped by its child)")]
    [TestCase("import os\nr, w = os.pipe()\nos.read(r, 1)", TestName = "{C}(waits for itself)")]
    [TestCase("import threading\nthreading.Lock().acquire()\nl = threading.Lock()\nl.acquire()\nl.acquire()", TestName = "{C}(a deadlock)")]
    [TestCase("import threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()", TestName = "{C}(a thread that goes on)")]
    [TestCase("import atexit, time\natexit.register(time.sleep, 100)", TestName = "{C}(an exit handler that goes on)")]
    public async Task Times_out(string code)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Output, Does.EndWith("Timed out after 3 seconds."));
        Assert.That(result.Limit, Is.EqualTo(PythonLimit.WallClock));
        Assert.That(result.Duration.TotalSeconds, Is.InRange(2.9, 30));
    }

    [TestCase("while True: pass", TestName = "{C}(a loop)")]
    [TestCase("import re\nre.match('(a*)*b', 'a' * 40)", TestName = "{C}(a regular expression)")]
    [TestCase("sum(range(10 ** 12))", TestName = "{C}(a sum in C)")]
    [TestCase("sp.factorint(2 ** 1277 - 1)", TestName = "{C}(sympy)")]
    [TestCase("while True: np.linalg.svd(np.random.rand(400, 400))", TestName = "{C}(numpy)")]
    public async Task Runs_out_of_time_one_way_or_the_other(string code)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Limit, Is.EqualTo(PythonLimit.Cpu).Or.EqualTo(PythonLimit.WallClock));
        Assert.That(result.Output, Is.EqualTo("Stopped: more than 2 seconds of processor time.").Or.EqualTo("Timed out after 3 seconds."));
    }

    [TestCase("while True: print('x' * 1000)", TestName = "{C}(on standard output)")]
    [TestCase("import os\nwhile True: os.write(2, b'x' * 1000)", TestName = "{C}(on standard error)")]
    [TestCase("import os\nwhile True: os.write(1, bytes(range(256)))", TestName = "{C}(of bytes)")]
    public async Task Stops_a_flood(string code)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Limit, Is.EqualTo(PythonLimit.Output));
        Assert.That(result.Output, Does.EndWith("Stopped: more than 65536 bytes of output."));
        Assert.That(result.Output, Has.Length.LessThan((1 << 16) + 100));
    }

    [TestCase("bytearray(1 << 30)", PythonLimit.Memory, "MemoryError\nThe memory limit is 256 MiB.", TestName = "{C}(memory)")]
    [TestCase("open('f', 'wb').write(bytes(8 << 20))", PythonLimit.FileSize, "File too large\nThe limit of a written file is 4 MiB.", TestName = "{C}(a large file)")]
    [TestCase("import os, time\nfor _ in range(100):\n    if os.fork() == 0: time.sleep(50)", PythonLimit.Processes, "Resource temporarily unavailable\nThe limit is 16 processes and threads.", TestName = "{C}(processes)")]
    [TestCase("import threading, time\nfor _ in range(100): threading.Thread(target=time.sleep, args=(50,), daemon=True).start()", PythonLimit.Processes, "can't start new thread\nThe limit is 16 processes and threads.", TestName = "{C}(threads)")]
    public async Task Names_the_limit(string code, PythonLimit limit, string ending)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Output, Does.EndWith(ending));
        Assert.That(result.Limit, Is.EqualTo(limit));
    }

    [TestCase("import os, time\nif os.fork() == 0:\n    if os.fork() == 0: time.sleep(100)\n    os._exit(0)\nprint('done')", TestName = "{C}(an orphan)")]
    [TestCase("import os, time\nif os.fork() == 0:\n    try: os.setsid()\n    except OSError: pass\n    if os.fork() == 0:\n        os.closerange(0, 64)\n        time.sleep(100)\n    os._exit(0)\nprint('done')", TestName = "{C}(a daemon)")]
    [TestCase("import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        while True: pass\nprint('done')", TestName = "{C}(busy children)")]
    public async Task Kills_what_a_program_leaves_running(string code)
    {
        string name = "numina" + Random.Shared.Next(1_000_000);
        PythonResult result = await Run($"import ctypes\nctypes.CDLL(None).prctl(15, b'{name}')\n{code}");
        Assert.That(result.Output, Is.EqualTo("done"));
        Assert.That(result.Duration.TotalSeconds, Is.LessThan(2.9), "the default profile waits for the program, not for what it leaves");
        Assert.That(Process.GetProcessesByName(name), Is.Empty);
    }

    [TestCase("import os, struct\nfake = struct.pack('<cidIIII', b'E', 0, 0.0, 6, 0, 0, 0) + b'FOOLED'\nfor n in range(3, 256):\n    try: os.write(n, struct.pack('<I', len(fake)) + fake)\n    except OSError: pass\nraise ValueError('honest')", TestName = "{C}(frames on every descriptor)")]
    [TestCase("import sys, struct\nfake = struct.pack('<cQ', b'R', 1) + struct.pack('<cidIIII', b'E', 0, 0.0, 6, 0, 0, 0) + b'FOOLED'\nsys.stdout.buffer.write(struct.pack('<I', len(fake)) + fake)\nsys.stdout.flush()\nraise ValueError('honest')", TestName = "{C}(frames on standard output)")]
    public async Task Can_not_speak_for_its_slot(string code)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Status, Is.EqualTo(PythonStatus.Failure));
        Assert.That(result.Output, Does.Not.StartWith("FOOLED"));
    }

    [Test]
    public async Task Leaves_no_file_for_the_next_program()
    {
        const string leave = "import os\nfor folder in ('.', '..', '/tmp', '/dev/shm'):\n    try: open(folder + '/left', 'w').write('x')\n    except OSError: pass\nos.mkdir('locked')\nopen('locked/file', 'w').close()\nos.chmod('locked', 0)";
        const string look = "import os\n[f for f in ('.', '..', '/tmp', '/dev/shm') if os.access(f + '/left', os.F_OK)], os.listdir('.')";
        for (int i = 0; i < 8; i++)
        {
            Assert.That((await Run(leave)).Output, Is.Empty);
            Assert.That((await Run(look)).Output, Is.EqualTo("([], [])"));
        }
    }

    [Test]
    public async Task Can_not_read_the_folder_of_another_program()
    {
        Task<PythonResult> owner = Run("import os, time\nopen('private', 'w').write('ours')\nprint(os.getcwd())\ntime.sleep(1.5)\nprint(open('private').read())");
        PythonResult thief = await Run("import glob, time\ntime.sleep(.7)\n[open(f).read() for p in ('/tmp/**/private', '/tmp/*/*/*/private', '../../*/run/private', '/dev/shm/private') for f in glob.glob(p)]");
        Assert.That(thief.Output, Is.EqualTo("[]"));
        Assert.That((await owner).Output, Does.EndWith("ours"));
    }

    private Task<PythonResult> Run(string code) => pool.RunAsync(new PythonJob(code, PythonProfile.Default), CancellationToken.None);
}
