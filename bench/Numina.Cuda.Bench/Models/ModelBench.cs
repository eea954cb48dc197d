using System.Diagnostics;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Bench.Devices;
using Numina.Cuda.Model;

namespace Numina.Cuda.Bench.Models;

/// <summary>
/// Decode at several batch sizes and prefill of one synthetic model, without sampling, as llama-bench and ../shared/peer measure: whole steps by the host's clock, which
/// waits for the device after each as an engine must to see the tokens.
/// </summary>
internal sealed class ModelBench(IBenchDevice device, ModelShape shape, BenchOptions options, BenchReport report, double bandwidth)
{
    private const double LargeForTheHost = 3e9;
    private readonly bool _gpu = device.Backend is CudaBackend;

    public void Run()
    {
        IEnumerable<ModelKind> wanted = options.Kinds.Count > 0 ? options.Kinds.Select(ModelKind.Named) : ModelKind.Default(_gpu);
        ModelKind[] kinds = [.. wanted.Select(kind => kind.DividedBy(shape.Divisor))];
        try
        {
            Run(kinds);
        }
        catch (DeviceOutOfMemoryException full)
        {
            report.Note($"{shape.Name,-11} not measured: {full.Message}");
        }
    }

    private void Run(ModelKind[] kinds)
    {
        long start = Stopwatch.GetTimestamp();
        using var weights = new SyntheticWeights(shape);
        using var llama = new Llama(device.Backend, shape.Config, weights.Weights, Limits(kinds), Progress);
        device.Synchronize();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        report.Print($"{shape.Name,-11} {llama.WeightBytes / 1e6,8:F0} MB of weights, made and packed in {seconds:F1} s");
        bool brief = shape.Divisor > 1 || (!_gpu && llama.WeightBytes > LargeForTheHost);
        foreach (ModelKind kind in kinds)
        {
            try
            {
                Measure(llama, brief ? kind.Briefly() : kind);
            }
            catch (DeviceOutOfMemoryException full)
            {
                report.Note($"{shape.Name,-11} {kind.Name} not measured: {full.Message}");
            }
        }

        if (device.PeakBytes is { } peak)
        {
            report.Print($"{shape.Name,-11} {peak / (double)(1 << 20):F1} MiB of device memory at most");
            report.Add(shape.Name, "memory", new Measure("peak", peak, "bytes"), new Measure("weights", llama.WeightBytes, "bytes"));
        }
    }

    private static LlamaLimits Limits(ModelKind[] kinds) => new()
    {
        ContextLength = Math.Max(1024, kinds.Max(kind => kind.Longest)),
        Sequences = kinds.Max(kind => kind.Sequences),
        TokensPerStep = Math.Max(512, kinds.Max(kind => kind.Tokens)),
    };

    private void Progress(int loaded, int layers)
    {
        if (_gpu && (loaded % 10 == 0 || loaded == layers))
        {
            report.Print($"{shape.Name,-11} layer {loaded} of {layers} loaded");
        }
    }

    private void Measure(Llama llama, ModelKind kind)
    {
        using var sequences = new SyntheticSequences(llama, kind.Sequences, kind.Longest, kind.Shared);
        sequences.Fill(kind.Lead);
        double tokens = kind.Sequences * kind.Tokens * kind.Steps, perCpuSecond = 0;
        double[] seconds = new double[options.Runs];
        for (int run = -1; run < seconds.Length; run++)
        {
            sequences.Length = kind.Lead;
            device.Synchronize();
            TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            for (int step = 0; step < kind.Steps; step++)
            {
                sequences.Step(kind.Tokens);
                device.Synchronize();
            }

            if (run >= 0)
            {
                seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                perCpuSecond = Math.Max(perCpuSecond, tokens / (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            }
        }

        Array.Sort(seconds);
        Report(kind, tokens, seconds, perCpuSecond, kind.IsPrefill ? null : BytesPerStep(llama, kind, sequences.SharedTokens));
    }

    private void Report(ModelKind kind, double tokens, double[] seconds, double perCpuSecond, double? bytes)
    {
        double median = seconds[seconds.Length / 2], step = median / kind.Steps;
        // The rates of the host are held against its best copy, so by the best run; a GPU's by the median of both.
        double? speed = bytes / (_gpu ? step : seconds[0] / kind.Steps) / 1e9;
        string host = _gpu ? "" : FormattableString.Invariant($"  per CPU second {perCpuSecond,8:F1}");
        string memory = speed is null ? "" : FormattableString.Invariant($"  {speed,6:F2} GB/s, {100 * speed / bandwidth,3:F0} % of copy");
        report.Print(
            $"{shape.Name,-11} {kind.Name,-14} tokens/s min median max {tokens / seconds[^1],8:F1} {tokens / median,8:F1} {tokens / seconds[0],8:F1}{host}{memory}  {step * 1e3:F2} ms a step");
        report.Add(
            shape.Name,
            kind.Name,
            new Measure("tokens", tokens / median, "tokens/s"),
            new Measure("step", step * 1e3, "ms"),
            new Measure("sequences", kind.Sequences, "sequences"),
            new Measure("context", kind.IsPrefill ? kind.Tokens : kind.Context, "tokens"),
            new Measure("shared", kind.Shared, "tokens"),
            speed is null ? null : new Measure("memory", speed.Value, "GB/s"),
            speed is null ? null : new Measure("of_copy", 100 * speed.Value / bandwidth, "%"));
    }

    /// <summary>Bytes of weights, and of every sequence's keys and values, that a step in the middle of the measured ones must read: shared ones once.</summary>
    private static double BytesPerStep(Llama llama, ModelKind kind, int sharedTokens)
    {
        KvLayout layout = llama.CacheLayout(1);
        double context = kind.Lead + (kind.Steps + 1) / 2.0;
        double cached = sharedTokens + kind.Sequences * (context - sharedTokens);
        return llama.WeightBytes + cached * layout.PageBytes / layout.PageSize;
    }
}
