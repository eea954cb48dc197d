using System.Numerics;

namespace Numina.Cuda.Solving;

/// <param name="Value">What was voted for.</param>
/// <param name="Count">Votes.</param>
/// <param name="FirstSample">The lowest sample index among its voters.</param>
public sealed record Tally(BigInteger Value, int Count, int FirstSample);

/// <param name="Winner">Null where nobody voted: 0 is submitted then, and counted apart.</param>
/// <param name="Tallies">All values, the winner first.</param>
public sealed record VoteResult(BigInteger? Winner, IReadOnlyList<Tally> Tallies);

/// <summary>Majority vote over integers. It depends on who voted for what, never on when.</summary>
public static class Vote
{
    /// <summary>Most votes win; a tie goes to the value with the lowest sample index among its voters.</summary>
    /// <param name="votes">A value of each voting sample.</param>
    /// <param name="modulus">Values are taken modulo this, never negative; null takes them as they are.</param>
    public static VoteResult Count(IEnumerable<(int Sample, BigInteger Value)> votes, int? modulus)
    {
        List<Tally> tallies = [.. votes
            .GroupBy(vote => Reduce(vote.Value, modulus))
            .Select(group => new Tally(group.Key, group.Count(), group.Min(vote => vote.Sample)))
            .OrderByDescending(tally => tally.Count)
            .ThenBy(tally => tally.FirstSample)];
        return new VoteResult(tallies.Count == 0 ? null : tallies[0].Value, tallies);
    }

    /// <summary>The vote of recorded traces.</summary>
    public static VoteResult Count(IEnumerable<TraceRecord> traces, int? modulus) =>
        Count(traces.Where(trace => trace.Value != null).Select(trace => (trace.Sample, BigInteger.Parse(trace.Value!))), modulus);

    /// <summary>Floor modulo: -1 modulo 1000 is 999.</summary>
    public static BigInteger Reduce(BigInteger value, int? modulus)
    {
        if (modulus is not int divisor)
        {
            return value;
        }

        BigInteger remainder = BigInteger.Remainder(value, divisor);
        return remainder.Sign < 0 ? remainder + divisor : remainder;
    }
}
