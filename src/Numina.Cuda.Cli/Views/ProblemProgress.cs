using System.Numerics;
using Numina.Cuda.Solving;

namespace Numina.Cuda.Cli.Views;

/// <param name="InPython">Traces that wait for a program.</param>
/// <param name="Done">Traces that have ended.</param>
/// <param name="Votes">Votes so far, for people.</param>
internal readonly record struct ProblemCounts(int InPython, int Done, string Votes);

/// <summary>Where the traces of one problem are, kept from their events.</summary>
internal sealed class ProblemProgress(string id, int? modulus)
{
    private readonly Lock _changing = new();
    private readonly HashSet<int> _inPython = [];
    private readonly List<TraceRecord> _done = [];

    public string Id => id;

    public void Add(SolveEvent happened)
    {
        lock (_changing)
        {
            switch (happened)
            {
                case ExecutionStarted:
                    _inPython.Add(happened.Sample);
                    break;
                case ExecutionFinished:
                    _inPython.Remove(happened.Sample);
                    break;
                case TraceFinished finished:
                    _inPython.Remove(happened.Sample);
                    _done.Add(finished.Trace);
                    break;
            }
        }
    }

    public ProblemCounts Counts()
    {
        lock (_changing)
        {
            IEnumerable<Tally> tallies = Vote.Count(_done.Where(trace => trace.Value is not null).Select(trace => (trace.Sample, BigInteger.Parse(trace.Value!))), modulus).Tallies;
            return new ProblemCounts(_inPython.Count, _done.Count, string.Join(", ", tallies.Take(3).Select(tally => $"{tally.Value} x{tally.Count}")));
        }
    }
}
