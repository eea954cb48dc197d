using System.Globalization;
using Numina.Cuda.Backends.Cpu;

namespace Numina.Cuda.Bench;

/// <summary>Runs the wanted measurements, one line each.</summary>
internal static class BenchProgram
{
    private const string TokenizerGoldens = "../shared/goldens/tokenizer";

    public static int Run(BenchOptions options)
    {
        int failed = 0;
        double bandwidth = 0;
        if (options.What.Any(what => what is not ("tokenizer" or "python")))
        {
            bandwidth = Machine(options);
        }

        foreach (string what in options.What)
        {
            switch (what)
            {
                case "copy":
                    break;
                case "ops":
                    OpBench.Run(options, bandwidth);
                    break;
                case "tokenizer":
                    failed |= TokenizerBench.Run(TokenizerGoldens, Console.Out, json: false);
                    break;
                case "python":
                    failed |= PythonBench.Run(Console.Out);
                    break;
                default:
                    ModelBench.Run(ModelShape.Named(what), options, bandwidth);
                    break;
            }
        }

        return failed;
    }

    /// <summary>Says what the models run on, and measures the bandwidth that their figures are held against.</summary>
    private static double Machine(BenchOptions options)
    {
        using (var backend = new CpuBackend(options.Backend))
        {
            Console.WriteLine(backend.Name);
        }

        double bandwidth = CopyBandwidth.Measure(options.Threads, options.Runs + 2);
        Print($"copy        {bandwidth,8:F2} GB/s read and written, {options.Threads} threads, best of {options.Runs + 2}");
        return bandwidth;
    }

    public static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
