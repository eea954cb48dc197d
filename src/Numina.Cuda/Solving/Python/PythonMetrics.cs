namespace Numina.Cuda.Solving.Python;

/// <summary>What a pool has done so far.</summary>
/// <param name="Executions">Programs that were run to an end or a limit.</param>
/// <param name="Succeeded">Programs that ended without an error.</param>
/// <param name="Failed">Programs that raised, exited with another code than 0 or were killed, limits aside.</param>
/// <param name="Limited">Programs that ran into a limit, by limit.</param>
/// <param name="Cancelled">Executions that were killed because nobody wanted their result.</param>
/// <param name="ServerRestarts">How often a dead fork server was replaced.</param>
/// <param name="P50">Median of the times from a request to its result, waiting included, over the last 1,024 executions.</param>
/// <param name="P99">Their 99th percentile.</param>
public sealed record PythonMetrics(
    long Executions,
    long Succeeded,
    long Failed,
    IReadOnlyDictionary<PythonLimit, long> Limited,
    long Cancelled,
    long ServerRestarts,
    TimeSpan P50,
    TimeSpan P99);
