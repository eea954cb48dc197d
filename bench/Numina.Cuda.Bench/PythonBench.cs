using System.Diagnostics;
using System.Globalization;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Bench;

/// <summary>
/// Executions of a trivial program per second, and their latency, at 1, 2 and 48 callers: the pool beside the notebook's way, a fresh interpreter for each, in
/// the same run. Rounds of both take turns, so that a busy machine slows both; the best round of each counts.
/// </summary>
internal static class PythonBench
{
    private const string Program = "\nprint(6 * 7)\n";
    private const int Rounds = 3;
    private static readonly int[] Callers = [1, 2, 48];
    private static readonly TimeSpan RoundLength = TimeSpan.FromSeconds(3);

    public static int Run(TextWriter output) => RunAsync(output).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(TextWriter output)
    {
        PythonPoolOptions options = new() { Workers = Callers.Max(), WallClock = TimeSpan.FromMinutes(2) };
        await using PythonPool pool = await PythonPool.StartAsync(options, CancellationToken.None);
        await using FreshInterpreter fresh = new(options);
        output.WriteLine(pool.Sandbox.Summary);
        output.WriteLine($"{Environment.ProcessorCount} processors");
        output.WriteLine("callers   pool/s     p50 ms   p99 ms   fresh/s    p50 ms   p99 ms   ratio");
        bool reached = true;
        foreach (int callers in Callers)
        {
            await MeasureAsync(pool, callers, TimeSpan.FromSeconds(0.5));
            Measurement ours = Measurement.None;
            Measurement theirs = Measurement.None;
            for (int round = 0; round < Rounds; round++)
            {
                ours = ours.Better(await MeasureAsync(pool, callers, RoundLength));
                theirs = theirs.Better(await MeasureAsync(fresh, callers, RoundLength));
            }

            double ratio = ours.PerSecond / theirs.PerSecond;
            reached &= ratio >= 50;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{callers,7} {ours} {theirs} {ratio,7:f1}"));
        }

        return reached ? 0 : 1;
    }

    private static async Task<Measurement> MeasureAsync(IPythonRunner runner, int callers, TimeSpan length)
    {
        PythonJob job = new(Program, PythonProfile.Notebook);
        Stopwatch clock = Stopwatch.StartNew();
        List<double>[] times = await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            List<double> own = [];
            do
            {
                long start = Stopwatch.GetTimestamp();
                PythonResult result = await runner.RunAsync(job, CancellationToken.None);
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (result is not { Status: PythonStatus.Success, Output: "42" })
                {
                    throw new InvalidOperationException($"expected 42, found {result}");
                }
            }
            while (clock.Elapsed < length);
            return own;
        }));
        double seconds = clock.Elapsed.TotalSeconds;
        double[] sorted = [.. times.SelectMany(own => own).Order()];
        return new Measurement(sorted.Length / seconds, sorted[sorted.Length / 2], sorted[(int)(sorted.Length * 0.99)]);
    }

    private readonly record struct Measurement(double PerSecond, double P50, double P99)
    {
        public static Measurement None => default;

        public Measurement Better(Measurement other) => other.PerSecond > PerSecond ? other : this;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond,9:f1} {P50,9:f2} {P99,8:f2}");
    }
}
