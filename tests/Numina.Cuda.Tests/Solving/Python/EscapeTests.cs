using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>Every attack of attacks.py fails in every setting; without a sandbox those with a control reach their goal, so each of them can tell the difference.</summary>
[TestFixtureSource(typeof(SandboxSetting), nameof(SandboxSetting.All))]
[NonParallelizable]
internal sealed class EscapeTests(SandboxSetting setting)
{
    private AttackTargets targets = null!;
    private PythonPool pool = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        targets = new AttackTargets();
        pool = await PythonPool.StartAsync(Options(setting.Interpreter(targets.Folder)), CancellationToken.None);
        TestContext.Progress.WriteLine($"{setting}: {pool.Sandbox.Summary}");
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

    [TestCaseSource(typeof(Attack), nameof(Attack.All))]
    public async Task Fails(Attack attack)
    {
        if (attack.NeededLayer is { } layer && pool.Sandbox.Missing.Any(missing => missing.Name == layer))
        {
            Assert.Ignore($"{attack} is not stopped without the layer '{layer}': docs/sandbox.md says so");
        }

        PythonResult result = await pool.RunAsync(new PythonJob(targets.Fill(attack.Code), PythonProfile.Default), CancellationToken.None);
        Assert.That(result.Output, Does.Not.Match(Attack.Success));
        targets.AssertUnharmed();
        PythonResult after = await pool.RunAsync(new PythonJob("6 * 7", PythonProfile.Default), CancellationToken.None);
        Assert.That(after.Output, Is.EqualTo("42"), "the pool goes on");
        Assert.That(pool.Metrics.ServerRestarts, Is.Zero);
    }

    internal static PythonPoolOptions Options(string interpreter) => new()
    {
        Interpreter = interpreter,
        Workers = 4,
        WallClock = TimeSpan.FromSeconds(4),
        MemoryBytes = AttackTargets.MemoryBytes,
        FileBytes = AttackTargets.FileBytes,
    };
}
