using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>The repairs that SPEC's table promises for the default profile, rows 55 to 76, in every runner.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[TestFixture("pool")]
[TestFixture("prewarmed")]
[TestFixture("fresh")]
internal sealed class DefaultProfileTests(string kind)
{
    private IPythonRunner runner = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        if (kind == "pool" && !PythonPool.IsSupported)
        {
            Assert.Ignore("the Python pool needs Linux");
        }

        PythonPoolOptions options = new() { WallClock = TimeSpan.FromSeconds(4), Workers = 4, OutputBytes = 1 << 16 };
        runner = kind switch
        {
            "pool" => await PythonPool.StartAsync(options, CancellationToken.None),
            "prewarmed" => await PrewarmedPool.StartAsync(options, CancellationToken.None),
            _ => new FreshInterpreter(options),
        };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (runner != null)
        {
            await runner.DisposeAsync();
        }
    }

    [TestCase("x = 5", "", TestName = "{C}(a statement shows nothing)")]
    [TestCase("x = 5\nx + 1", "6", TestName = "{C}(a final expression is shown)")]
    [TestCase("'a'", "'a'", TestName = "{C}(by its repr)")]
    [TestCase("1, 2", "(1, 2)", TestName = "{C}(a tuple)")]
    [TestCase("None", "", TestName = "{C}(None is not shown)")]
    [TestCase("def main():\n    print(3)\nmain()", "3", TestName = "{C}(nor that of a call)")]
    [TestCase("print(1)\n# done", "1", TestName = "{C}(a comment last)")]
    [TestCase("'a#b'", "'a#b'", TestName = "{C}(a # in a string)")]
    [TestCase("x = 255\nf'{x:#x}'", "'0xff'", TestName = "{C}(a # in a format)")]
    [TestCase("print(\n  1\n)", "1", TestName = "{C}(a parenthesis last)")]
    [TestCase("if True:\n    y = 1\nelse: y = 2", "", TestName = "{C}(else last)")]
    [TestCase("a = 1; a", "1", TestName = "{C}(behind a semicolon)")]
    [TestCase("from __future__ import annotations\nprint(1)", "1", TestName = "{C}(a future import)")]
    [TestCase("", "", TestName = "{C}(nothing at all)")]
    [TestCase("math.gcd(4, 6), np.array([1]).sum(), sp.Integer(3)", "(2, 1, 3)", TestName = "{C}(math, np and sp are there)")]
    [TestCase("import inspect\nprint(inspect.currentframe().f_lineno)", "2", TestName = "{C}(own line numbers)")]
    [TestCase("import sys\nprint(4)\nprint('oops', file=sys.stderr)", "4", TestName = "{C}(standard error is for the record)")]
    [TestCase("import sys\nsys.stdout.buffer.write(b'a\\xffb\\n')\nprint(1)", "a\ufffdb\n1", TestName = "{C}(bytes that are no text)")]
    [TestCase("print('a\\rb\\r\\nc')", "a\nb\nc", TestName = "{C}(CR becomes LF)")]
    [TestCase("print('\\u00e9\\U0001d7d8')", "\u00e9\U0001d7d8", TestName = "{C}(text beyond ASCII)")]
    [TestCase("import sys\nprint(5)\nsys.exit(0)", "5", TestName = "{C}(exit with 0)")]
    [TestCase("import atexit\natexit.register(print, 'bye')\nprint('hi')", "hi\nbye", TestName = "{C}(exit handlers run)")]
    [TestCase("import threading, time\nthreading.Thread(target=lambda: (time.sleep(.1), print('late'))).start()", "late", TestName = "{C}(threads are waited for)")]
    [TestCase("__name__", "'__main__'", TestName = "{C}(the name of the module)")]
    [TestCase("def f(n):\n    return 0 if n == 0 else 1 + f(n - 1)\nf(990)", "990", TestName = "{C}(as deep as in a fresh interpreter)")]
    public async Task Succeeds(string code, string output)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Output, Is.EqualTo(output));
        Assert.That(result.Status, Is.EqualTo(PythonStatus.Success));
        Assert.That(result.ExitCode, Is.Zero);
    }

    [TestCase("print('before')\n1/0", "before\nTraceback (most recent call last):\n  File \"<code>\", line 2, in <module>\n    1/0\nZeroDivisionError: division by zero", TestName = "{C}(output first, then the error)")]
    [TestCase("def g():\n    raise ValueError('one\\ntwo')\nprint(g())", "Traceback (most recent call last):\n  File \"<code>\", line 3, in <module>\n    print(g())\n  File \"<code>\", line 2, in g\n    raise ValueError('one\\ntwo')\nValueError: one\ntwo", TestName = "{C}(a message of two lines)")]
    [TestCase("sp.Integer('abc')", "Traceback (most recent call last):\n  File \"<code>\", line 1, in <module>\n    sp.Integer('abc')\nValueError: invalid literal for int() with base 10: 'abc'", TestName = "{C}(frames of libraries are left out)")]
    [TestCase("try:\n    1/0\nexcept Exception as e:\n    raise KeyError('k') from e", "Traceback (most recent call last):\n  File \"<code>\", line 4, in <module>\n    raise KeyError('k') from e\nKeyError: 'k'", TestName = "{C}(the last of a chain)")]
    [TestCase("import sys\nprint(5)\nsys.exit(3)", "5\nSystemExit: 3", TestName = "{C}(exit with a code)")]
    [TestCase("import sys\nsys.exit('bad')", "SystemExit: bad", TestName = "{C}(exit with a message)")]
    [TestCase("import os\nos._exit(7)", "Exited with code 7.", TestName = "{C}(exit without a word)")]
    [TestCase("input()", "Traceback (most recent call last):\n  File \"<code>\", line 1, in <module>\n    input()\nEOFError: EOF when reading a line", TestName = "{C}(empty input)")]
    [TestCase("import os\nprint(1)\nos.kill(os.getpid(), 9)", "1\nKilled by signal SIGKILL.", TestName = "{C}(a signal is named)")]
    [TestCase("import ctypes\nctypes.string_at(0)", "Killed by signal SIGSEGV (segmentation fault).", TestName = "{C}(a crash)")]
    public async Task Fails(string code, string output)
    {
        PythonResult result = await Run(code);
        Assert.That(result.Output, Is.EqualTo(output));
        Assert.That(result.Status, Is.EqualTo(PythonStatus.Failure));
        Assert.That(result.Error, Is.Not.Empty.And.EqualTo(output[^result.Error.Length..]), "the error is the output's tail");
    }

    [Test]
    public async Task A_syntax_error_names_the_models_own_line()
    {
        PythonResult result = await Run("x = 1\nprint(1");
        Assert.That(result.Output, Does.StartWith("File \"<code>\", line 2\n    print(1\n").And.EndsWith("SyntaxError: '(' was never closed"));
    }

    [Test]
    public async Task Deep_recursion_is_told_shortly()
    {
        PythonResult result = await Run("def f(n): return f(n + 1)\nf(0)");
        Assert.That(result.Output, Does.EndWith("RecursionError: maximum recursion depth exceeded").And.Length.LessThan(500));
    }

    [Test]
    public async Task A_timeout_keeps_what_was_printed()
    {
        PythonResult result = await Run("print('partial')\nwhile True: pass");
        Assert.That(result.Output, Is.EqualTo("partial\nTimed out after 4 seconds."));
        Assert.That(result.Status, Is.EqualTo(PythonStatus.TimedOut));
        Assert.That(result.Limit, Is.EqualTo(PythonLimit.WallClock));
    }

    [Test]
    public async Task Nothing_is_left_of_an_earlier_program()
    {
        await Run("import math\nmath.pi = 3\ny = 1\nnp.ones = None\nopen('left', 'w').write('x')");
        Assert.That((await Run("import os\n(math.pi > 3, np.ones is None, 'y' in globals(), os.path.exists('left'))")).Output, Is.EqualTo("(True, False, False, False)"));
    }

    [Test]
    public async Task Standard_error_is_kept_for_the_record()
    {
        Assert.That((await Run("import sys\nprint('oops', file=sys.stderr)")).StandardError, Is.EqualTo("oops\n"));
    }

    private Task<PythonResult> Run(string code) => runner.RunAsync(new PythonJob(code, PythonProfile.Default), CancellationToken.None);
}
