using System.Globalization;
using Numina.Cuda.Backends.Cpu;

namespace Numina.Cuda.Bench;

/// <summary>Runs the wanted measurements, one line each.</summary>
internal static class BenchProgram
{
    public static int Run(BenchOptions options)
    {
        using (var backend = new CpuBackend(options.Backend))
        {
            Console.WriteLine(backend.Name);
        }

        double bandwidth = CopyBandwidth.Measure(options.Threads, options.Runs + 2);
        Print($"copy        {bandwidth,8:F2} GB/s read and written, {options.Threads} threads, best of {options.Runs + 2}");
        foreach (string what in options.What)
        {
            if (what == "ops")
            {
                OpBench.Run(options, bandwidth);
            }
            else if (what != "copy")
            {
                ModelBench.Run(ModelShape.Named(what), options, bandwidth);
            }
        }

        return 0;
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
