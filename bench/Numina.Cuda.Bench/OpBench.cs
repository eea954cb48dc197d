using System.Diagnostics;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tensors;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Bench;

/// <summary>The matrix product alone: matrices enough to leave the caches, then microseconds, GB/s of weights and GFLOP/s.</summary>
internal static class OpBench
{
    private const int Inputs = 2048, Outputs = 2048, Matrices = 24;

    public static void Run(BenchOptions options, double bandwidth)
    {
        using var backend = new CpuBackend(options.Backend);
        using var synthetic = new SyntheticWeights(ModelShape.Named("135m") with { Storage = new WeightStorage(128, false, true) });
        LinearWeight[] int8 = [.. Enumerable.Range(0, Matrices).Select(_ => backend.LoadLinear([synthetic.Int8(Outputs, Inputs, null)], null))];
        LinearWeight[] fp16 = [.. Enumerable.Range(0, Matrices).Select(_ =>
            backend.LoadLinear([new DenseMatrix(synthetic.Halves(new Shape(Outputs, Inputs), 0.02f))], null))];
        foreach ((string name, LinearWeight[] weights) in new[] { ("int8 g128", int8), ("fp16", fp16) })
        {
            foreach (int rows in new[] { 1, 2, 4, 8, 12, 48, 512 })
            {
                Measure(backend, name, weights, rows, options.Runs, bandwidth);
            }

            Array.ForEach(weights, weight => weight.Dispose());
        }
    }

    private static void Measure(CpuBackend backend, string name, LinearWeight[] weights, int rows, int runs, double bandwidth)
    {
        using Buffer input = backend.Allocate((long)rows * Inputs * sizeof(float));
        using Buffer output = backend.Allocate((long)rows * Outputs * sizeof(float));
        Tensor x = input.View(DType.F32, new Shape(rows, Inputs)), y = output.View(DType.F32, new Shape(rows, Outputs));
        x.AsSpan<float>().Fill(0.5f);
        double best = double.MaxValue;
        for (int run = 0; run <= runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            foreach (LinearWeight weight in weights)
            {
                backend.MatMul(weight, x, y);
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds / weights.Length);
        }

        double speed = weights[0].ByteLength / best / 1e9;
        double flops = 2.0 * rows * Inputs * Outputs / best / 1e9;
        BenchProgram.Print(
            $"matmul {name,-10} [{rows,3}, {Inputs}] x [{Inputs}, {Outputs}] {best * 1e6,9:F0} us {speed,7:F2} GB/s, {100 * speed / bandwidth,3:F0} % of copy {flops,7:F1} GFLOP/s");
    }
}
