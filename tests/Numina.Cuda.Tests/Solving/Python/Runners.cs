using System.Collections.Concurrent;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>One runner for each wall clock limit that a fixture asks for, started when first needed.</summary>
internal sealed class Runners(Func<PythonPoolOptions, Task<IPythonRunner>> start) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<double, Lazy<Task<IPythonRunner>>> runners = new();

    public Task<IPythonRunner> WithLimit(double seconds) => runners.GetOrAdd(seconds, Start).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<Task<IPythonRunner>> runner in runners.Values)
        {
            await (await runner.Value).DisposeAsync();
        }
    }

    private Lazy<Task<IPythonRunner>> Start(double seconds) =>
        new(() => start(new PythonPoolOptions { WallClock = TimeSpan.FromSeconds(seconds), CpuSeconds = 120, Workers = 4 }));
}
