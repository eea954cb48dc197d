using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Bench.Devices;

namespace Numina.Cuda.Bench.Operations;

/// <summary>
/// Single operations: each is checked against an independent implementation (the CPU's kernels; their narrowest vectors where the CPU itself is measured), then timed with
/// inputs that no cache holds. Medians.
/// </summary>
internal sealed class OperationBench(IBenchDevice device, BenchOptions options, BenchReport report, double bandwidth)
{
    private readonly bool _gpu = device.Backend is CudaBackend;
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);

    public void Run()
    {
        OperationShape shape = OperationShape.For(options, _gpu);
        using var reference = new CpuBackend(new CpuOptions { InstructionSet = _gpu ? null : CpuInstructionSet.Vector128 });
        IEnumerable<BenchOperation> all = new MatMulOperations(device, reference, shape, IsWanted).All()
            .Concat(new AttentionOperations(device, reference, shape, IsWanted).All())
            .Concat(new RowOperations(device, reference, shape).All())
            .Concat(new SampleOperations(device, reference, shape).All());
        foreach (BenchOperation operation in all.Where(operation => IsWanted(operation.Name)))
        {
            Measure(operation);
        }
    }

    private bool IsWanted(string name) => name.Contains(options.Only, StringComparison.Ordinal);

    private void Measure(BenchOperation operation)
    {
        try
        {
            Difference difference = operation.Check();
            if (!difference.IsWithin(device.Backend.ActivationType))
            {
                report.Fail(FormattableString.Invariant($"{operation.Name}: off by {difference.Relative:E1} (root mean square), {difference.Worst:E1} (worst element)"));
                return;
            }

            double[] seconds = device.Time(
                () =>
                {
                    for (int copy = 0; copy < operation.Copies; copy++)
                    {
                        operation.Run(copy);
                    }
                },
                options.Runs,
                operation.Waits);
            Report(operation, seconds[seconds.Length / 2] / operation.Copies, difference);
        }
        catch (CudaException failure) when (operation.IsPeer)
        {
            report.Note($"{operation.Name}: {failure.Message}");
        }
    }

    private void Report(BenchOperation operation, double seconds, Difference difference)
    {
        _seconds[operation.Name] = seconds;
        double speed = operation.Bytes / seconds / 1e9, flops = operation.Flops / seconds / 1e12;
        double? ratio = operation.Peer is { } peer && _seconds.TryGetValue(peer, out double theirs) ? theirs / seconds : null;
        string compute = operation.Flops == 0 ? "" : FormattableString.Invariant($" {flops,9:F3} TFLOP/s");
        string beside = ratio is null ? "" : FormattableString.Invariant($" {ratio,6:F2} x cublas fp16");
        report.Print(
            $"{operation.Name,-56} {seconds * 1e6,10:F1} us {speed,8:F1} GB/s, {100 * speed / bandwidth,4:F0} % of copy{compute}{beside}");
        report.Add(
            "ops",
            operation.Name,
            new Measure("time", seconds * 1e6, "us"),
            new Measure("memory", speed, "GB/s"),
            new Measure("of_copy", 100 * speed / bandwidth, "%"),
            operation.Flops == 0 ? null : new Measure("compute", flops, "TFLOP/s"),
            ratio is null ? null : new Measure("speed_beside_cublas_fp16", ratio.Value, "x"),
            new Measure("relative_error", difference.Relative, "1"));
    }
}
