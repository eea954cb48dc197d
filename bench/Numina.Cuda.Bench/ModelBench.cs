using System.Diagnostics;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Model;

namespace Numina.Cuda.Bench;

/// <summary>Decode at several batch sizes and prefill of one synthetic model, without sampling, as llama-bench and ../shared/peer measure.</summary>
internal static class ModelBench
{
    private const int Context = 1024;
    private const int Lead = 16;

    public static void Run(ModelShape shape, BenchOptions options, double bandwidth)
    {
        long start = Stopwatch.GetTimestamp();
        using var backend = new CpuBackend(options.Backend);
        using var weights = new SyntheticWeights(shape);
        using var llama = new Llama(backend, shape.Config, weights.Weights, new LlamaLimits { ContextLength = Context, Sequences = 48 });
        BenchProgram.Print($"{shape.Name,-11} {llama.WeightBytes / 1e6,8:F0} MB of weights, made and packed in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        bool large = llama.WeightBytes > 3e9;
        foreach (string kind in options.Kinds)
        {
            (int batch, int steps) = kind switch
            {
                "decode1" => (1, large ? 4 : 128),
                "decode8" => (8, large ? 2 : 64),
                "decode48" => (48, large ? 1 : 16),
                "prefill512" => (0, 1),
                _ => throw new ArgumentException($"unknown kind {kind}\n{BenchOptions.Usage}"),
            };
            Measure(llama, shape, kind, batch, steps, options.Runs, bandwidth);
        }
    }

    private static void Measure(Llama llama, ModelShape shape, string kind, int batch, int steps, int runs, double bandwidth)
    {
        var rates = new List<double>();
        double cpuRate = 0;
        for (int run = 0; run <= runs; run++)
        {
            using var sequences = new SyntheticSequences(llama, Math.Max(1, batch), Context);
            if (batch > 1)
            {
                sequences.Step(Lead);
            }

            TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
            long start = Stopwatch.GetTimestamp();
            for (int step = 0; step < steps; step++)
            {
                sequences.Step(batch == 0 ? 512 : 1);
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double tokens = batch == 0 ? 512 : batch * steps;
            if (run > 0)
            {
                rates.Add(tokens / seconds);
                cpuRate = Math.Max(cpuRate, tokens / (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds);
            }
        }

        rates.Sort();
        string memory = batch == 0 ? "" : MemoryTraffic(llama, batch, steps, rates[^1], bandwidth);
        BenchProgram.Print(
            $"{shape.Name,-11} {kind,-10} tokens/s min median max {rates[0],8:F1} {rates[rates.Count / 2],8:F1} {rates[^1],8:F1}  per CPU second {cpuRate,8:F1}{memory}");
    }

    /// <summary>Bytes of weights and of the keys and values of every sequence's context, a step, at the best rate.</summary>
    private static string MemoryTraffic(Llama llama, int batch, int steps, double rate, double bandwidth)
    {
        double context = (batch > 1 ? Lead : 0) + (steps + 1) / 2.0;
        KvLayout layout = llama.CacheLayout(1);
        double bytes = llama.WeightBytes + batch * context * layout.PageBytes / layout.PageSize;
        double speed = bytes * rate / batch / 1e9;
        return FormattableString.Invariant($"  {speed,6:F2} GB/s, {100 * speed / bandwidth,3:F0} % of copy");
    }
}
