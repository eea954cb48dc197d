using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>The attacks that are harmless enough reach their goals where nothing holds them back: with neither sandbox nor limits.</summary>
[NonParallelizable]
internal sealed class EscapeControlTests
{
    private AttackTargets targets = null!;
    private FreshInterpreter runner = null!;

    [OneTimeSetUp]
    public void Start()
    {
        if (!PythonPool.IsSupported || !Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("the controls need Linux and root, to whom nothing is forbidden");
        }

        targets = new AttackTargets();
        runner = new FreshInterpreter(EscapeTests.Options(PythonInterpreter.Find()) with { WallClock = TimeSpan.FromSeconds(30) });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await runner.DisposeAsync();
        targets.Dispose();
    }

    [TestCaseSource(nameof(Controlled))]
    [Parallelizable]
    public async Task Succeeds(Attack attack)
    {
        PythonResult result = await runner.RunAsync(new PythonJob(targets.Fill(attack.Code), PythonProfile.Default), CancellationToken.None);
        Assert.That(result.Output + result.StandardError, Does.Match(Attack.Success));
    }

    private static IEnumerable<Attack> Controlled => Attack.All.Where(attack => attack.HasControl);
}
