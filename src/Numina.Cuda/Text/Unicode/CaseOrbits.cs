using System.Text;

namespace Numina.Cuda.Text.Unicode;

/// <summary>The sets of code points that differ only in case, such as {k, K, U+212A}: what a case-insensitive pattern matches for one of them.</summary>
internal static class CaseOrbits
{
    private static readonly Dictionary<int, int[]> Orbits = Build();

    /// <summary>The set with every code point's other cases added.</summary>
    public static CodePointRanges Close(CodePointRanges set)
    {
        List<(int, int)> added = [];
        foreach ((int point, int[] orbit) in Orbits)
        {
            if (set.Contains(point))
            {
                added.AddRange(orbit.Select(other => (other, other)));
            }
        }

        return set.Union(CodePointRanges.OfPairs([.. added]));
    }

    private static Dictionary<int, int[]> Build()
    {
        Dictionary<int, HashSet<int>> sets = [];
        for (int point = 0x41; point < 0x1F000; point++)
        {
            // Dotless i and dotted I fold to themselves outside Turkic languages.
            if (point is 0x130 or 0x131 || !Rune.IsValid(point))
            {
                continue;
            }

            // The runtime's mappings leave these out, Unicode's case folding does not.
            Join(sets, point, point switch { 0x17F => 's', 0x1FD3 => 0x390, 0x1FE3 => 0x3B0, 0xFB05 => 0xFB06, _ => point });
            Rune rune = new(point);
            Join(sets, point, Rune.ToLowerInvariant(rune).Value);
            Join(sets, point, Rune.ToUpperInvariant(rune).Value);
        }

        return sets.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
    }

    private static void Join(Dictionary<int, HashSet<int>> sets, int a, int b)
    {
        if (a == b)
        {
            return;
        }

        HashSet<int> joined = [a, b, .. sets.GetValueOrDefault(a) ?? [], .. sets.GetValueOrDefault(b) ?? []];
        foreach (int member in joined)
        {
            sets[member] = joined;
        }
    }
}
