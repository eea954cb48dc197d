namespace Numina.Cuda.Text.Unicode;

/// <summary>Properties and scripts by name that the runtime does not tell, such as <c>Alphabetic</c> and <c>Han</c>, from an embedded table.</summary>
internal static class UnicodeScripts
{
    private static readonly Lazy<Dictionary<string, CodePointRanges>> Loaded = new(() => UnicodeData.Read("properties-16.0.txt").ToDictionary(
        section => section.Key.Replace("_", "", StringComparison.Ordinal),
        section => UnicodeData.Ranges(section.Value),
        StringComparer.OrdinalIgnoreCase));

    /// <summary>The set of a name without separators, in any case; null when it is not known.</summary>
    public static CodePointRanges? Find(string name) => Loaded.Value.GetValueOrDefault(name);
}
