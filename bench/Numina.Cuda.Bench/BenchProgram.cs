using Numina.Cuda.Bench.Devices;
using Numina.Cuda.Bench.Models;
using Numina.Cuda.Bench.Operations;

namespace Numina.Cuda.Bench;

/// <summary>Runs the wanted measurements, one line each.</summary>
internal static class BenchProgram
{
    private const string TokenizerGoldens = "../shared/goldens/tokenizer";

    /// <returns>0, or 1 when a result was wrong or a target was missed.</returns>
    public static int Run(BenchOptions options, TextWriter output)
    {
        int failed = 0;
        var report = new BenchReport(output);
        string[] onDevice = [.. options.What.Where(what => what is not ("tokenizer" or "python"))];
        if (onDevice.Length > 0)
        {
            OnDevice(onDevice, options, report);
        }

        foreach (string what in options.What.Except(onDevice))
        {
            failed |= what == "tokenizer" ? TokenizerBench.Run(TokenizerGoldens, output, json: false) : PythonBench.Run(output);
        }

        if (options.Json is { } path)
        {
            report.Write(path);
        }

        return report.Failed ? 1 : failed;
    }

    private static void OnDevice(string[] wanted, BenchOptions options, BenchReport report)
    {
        DeviceChoice choice = DeviceChoice.Of(options);
        options = options with { Runs = options.Runs > 0 ? options.Runs : choice.IsGpu ? 5 : 3 };
        double bandwidth;
        using (IBenchDevice device = choice.Open(options, report.Note))
        {
            (report.Device, report.Why) = (device.Backend.Name, choice.Why);
            report.Print($"{device.Backend.Name} ({choice.Why})");
            if (wanted.Append(options.Shape).Any(name => name is not null && ModelShape.IsKnown(name) && ModelShape.Named(name).Divisor > 1))
            {
                report.Note("tiny is for trying the bench out: its figures mean nothing");
            }

            bandwidth = device.CopyBandwidth(options.Runs);
            report.Print($"copy        {bandwidth,8:F2} GB/s read and written{(choice.IsGpu ? "" : $", {options.Threads} threads, best of {options.Runs + 2}")}");
            report.Add("copy", "copy", new Measure("bandwidth", bandwidth, "GB/s"));
        }

        foreach (string what in wanted.Where(what => what != "copy"))
        {
            // Opened anew: each starts with empty memory, so that its peak is its own.
            using IBenchDevice device = choice.Open(options, _ => { });
            if (what == "ops")
            {
                new OperationBench(device, options, report, bandwidth).Run();
            }
            else
            {
                new ModelBench(device, ModelShape.Named(what), options, report, bandwidth).Run();
            }
        }
    }
}
