using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Cli.Options;

namespace Numina.Cuda.Cli;

/// <summary>The only place that picks a backend.</summary>
internal static class Host
{
    /// <summary>Opens the device that was asked for; "auto" tells <paramref name="say"/> what it chose and why.</summary>
    /// <exception cref="FailureException">The device is not there. Nothing else is taken in its place.</exception>
    public static IBackend OpenBackend(ModelSettings settings, Action<string> say)
    {
        const string NoCuda = "this build has no CUDA backend";
        if (settings.Device == "cuda")
        {
            throw new FailureException($"--device cuda: {NoCuda}; use --device cpu");
        }

        IBackend cpu = new CpuBackend(settings.Threads > 0 ? new CpuOptions { Threads = settings.Threads } : new CpuOptions());
        say(settings.Device == "auto" ? $"device: {cpu.Name} ({NoCuda})" : $"device: {cpu.Name}");
        return cpu;
    }
}
