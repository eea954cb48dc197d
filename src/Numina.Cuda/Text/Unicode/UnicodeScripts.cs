namespace Numina.Cuda.Text.Unicode;

/// <summary>Properties and scripts by name that the runtime does not tell, such as <c>Alphabetic</c> and <c>Han</c>, from an embedded table.</summary>
internal static class UnicodeScripts
{
    private static readonly Lazy<Dictionary<string, CodePointRanges>> Loaded = new(() => UnicodeData.Read("properties-16.0.txt").ToDictionary(
        section => section.Key.Replace("_", "", StringComparison.Ordinal),
        section => UnicodeData.Ranges(section.Value),
        StringComparer.OrdinalIgnoreCase));

    private static readonly Lazy<(int Start, int End, string Name)[]> Runs = new(() =>
    [
        .. Loaded.Value.Where(entry => entry.Key is not ("Alphabetic" or "Lowercase" or "Uppercase"))
            .SelectMany(entry => Enumerable.Range(0, entry.Value.Count).Select(i => (entry.Value[i].Start, entry.Value[i].End, entry.Key)))
            .Order(),
    ]);

    /// <summary>The script of a code point, such as <c>Han</c>, <c>Common</c> for what all share; null when it has none.</summary>
    public static string? ScriptOf(int point)
    {
        (int Start, int End, string Name)[] runs = Runs.Value;
        int low = 0;
        int high = runs.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = runs[middle].End <= point ? (middle + 1, high) : (low, middle);
        }

        return low < runs.Length && runs[low].Start <= point ? runs[low].Name : null;
    }

    /// <summary>The set of a name without separators, in any case; null when it is not known.</summary>
    public static CodePointRanges? Find(string name) => Loaded.Value.GetValueOrDefault(name);
}
