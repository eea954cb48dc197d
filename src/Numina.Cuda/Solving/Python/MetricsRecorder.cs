namespace Numina.Cuda.Solving.Python;

/// <summary>Counts a pool's executions. All members may be called from any thread.</summary>
internal sealed class MetricsRecorder
{
    private const int Window = 1024;
    private readonly Lock gate = new();
    private readonly TimeSpan[] latencies = new TimeSpan[Window];
    private readonly Dictionary<PythonLimit, long> limited = [];
    private long executions;
    private long succeeded;
    private long failed;
    private long cancelled;
    private long restarts;

    public void Record(PythonResult result, TimeSpan latency)
    {
        lock (gate)
        {
            latencies[executions++ % Window] = latency;
            if (result.Limit != PythonLimit.None)
            {
                limited[result.Limit] = limited.GetValueOrDefault(result.Limit) + 1;
            }
            else if (result.Status == PythonStatus.Success)
            {
                succeeded++;
            }
            else
            {
                failed++;
            }
        }
    }

    public void RecordCancelled()
    {
        lock (gate)
        {
            cancelled++;
        }
    }

    public void RecordRestart()
    {
        lock (gate)
        {
            restarts++;
        }
    }

    public PythonMetrics Snapshot()
    {
        lock (gate)
        {
            TimeSpan[] sorted = latencies[..(int)Math.Min(executions, Window)];
            Array.Sort(sorted);
            return new PythonMetrics(executions, succeeded, failed, new Dictionary<PythonLimit, long>(limited), cancelled, restarts, At(sorted, 0.5), At(sorted, 0.99));
        }
    }

    private static TimeSpan At(TimeSpan[] sorted, double quantile) =>
        sorted.Length == 0 ? TimeSpan.Zero : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
}
