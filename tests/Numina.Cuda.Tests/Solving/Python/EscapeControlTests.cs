using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>The attacks that are harmless enough reach their goals where nothing holds them back: with neither sandbox nor limits.</summary>
[NonParallelizable]
internal sealed class EscapeControlTests
{
    private AttackTargets targets = null!;
    private PythonPool pool = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        if (!PythonPool.IsSupported || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("the controls need Linux and root, to whom nothing is forbidden");
        }

        targets = new AttackTargets();
        PythonPoolOptions unbounded = new()
        {
            Sandbox = SandboxMode.None,
            Workers = 2,
            WallClock = TimeSpan.FromSeconds(30),
            Processes = 1000,
            MemoryBytes = 1L << 40,
            FileBytes = 1L << 40,
        };
        pool = await PythonPool.StartAsync(unbounded, CancellationToken.None);
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

    [TestCaseSource(nameof(Controlled))]
    [Parallelizable]
    public async Task Succeeds(Attack attack)
    {
        PythonResult result = await pool.RunAsync(new PythonJob(targets.Fill(attack.Code), PythonProfile.Default), CancellationToken.None);
        Assert.That(result.Output + result.StandardError, Does.Match(Attack.Success));
    }

    private static IEnumerable<Attack> Controlled => Attack.All.Where(attack => attack.HasControl);
}
