namespace Numina.Cuda.Text.Unicode;

/// <summary>
/// Decompositions, compositions and combining classes. The runtime's own need ICU and don't tell which character came from which, so these are read from an
/// embedded table of the Unicode version that Hugging Face's tokenizers use.
/// </summary>
internal sealed class NormalizationTables
{
    private const int HangulBase = 0xAC00;
    private const int HangulCount = 11172;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private static readonly Lazy<NormalizationTables> Loaded = new(() => new NormalizationTables());
    private readonly Dictionary<int, int> _classes = [];
    private readonly Dictionary<int, int[]> _canonical;
    private readonly Dictionary<int, int[]> _compatible;
    private readonly Dictionary<(int, int), int> _composed = [];

    private NormalizationTables()
    {
        Dictionary<string, List<string>> sections = UnicodeData.Read("normalization-9.0.txt");
        ReadClasses(sections["class"]);
        Marks = UnicodeData.Ranges(sections["mark"]);
        Dictionary<int, int[]> canonical = ReadSteps(sections["canonical"]);
        Dictionary<int, int[]> both = new(canonical);
        foreach ((int point, int[] parts) in ReadSteps(sections["compatible"]))
        {
            both.Add(point, parts);
        }

        _canonical = canonical.Keys.ToDictionary(point => point, point => Expand(point, canonical).ToArray());
        _compatible = both.Keys.ToDictionary(point => point, point => Expand(point, both).ToArray());
        CodePointRanges excluded = UnicodeData.Ranges(sections["excluded"]);
        foreach ((int point, int[] parts) in canonical)
        {
            if (parts.Length == 2 && !excluded.Contains(point))
            {
                _composed.Add((parts[0], parts[1]), point);
            }
        }
    }

    /// <summary>Read when first used: most tokenizers normalize nothing.</summary>
    public static NormalizationTables Instance => Loaded.Value;

    /// <summary>General category M.</summary>
    public CodePointRanges Marks { get; }

    public int CombiningClass(int point) => point < 0x300 ? 0 : _classes.GetValueOrDefault(point);

    /// <summary>Writes the full decomposition and returns its length, at most 18.</summary>
    public int Decompose(int point, bool compatible, Span<int> parts)
    {
        if ((uint)(point - HangulBase) < HangulCount)
        {
            int index = point - HangulBase;
            parts[0] = LeadBase + (index / (VowelCount * TrailCount));
            parts[1] = VowelBase + (index / TrailCount % VowelCount);
            parts[2] = TrailBase + (index % TrailCount);
            return index % TrailCount == 0 ? 2 : 3;
        }

        if (point < 0x80 || !(compatible ? _compatible : _canonical).TryGetValue(point, out int[]? full))
        {
            parts[0] = point;
            return 1;
        }

        full.CopyTo(parts);
        return full.Length;
    }

    /// <summary>The code point that a pair composes to, or -1.</summary>
    public int Compose(int first, int second)
    {
        if ((uint)(first - LeadBase) < 19 && (uint)(second - VowelBase) < VowelCount)
        {
            return HangulBase + ((((first - LeadBase) * VowelCount) + second - VowelBase) * TrailCount);
        }

        bool openSyllable = (uint)(first - HangulBase) < HangulCount && (first - HangulBase) % TrailCount == 0;
        return openSyllable && second > TrailBase && second < TrailBase + TrailCount
            ? first + second - TrailBase
            : _composed.GetValueOrDefault((first, second), -1);
    }

    private void ReadClasses(List<string> items)
    {
        int combiningClass = 0;
        foreach (string item in items)
        {
            if (item.StartsWith('='))
            {
                combiningClass = int.Parse(item.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
                continue;
            }

            CodePointRanges range = UnicodeData.Ranges([item]);
            for (int point = range[0].Start; point < range[0].End; point++)
            {
                _classes.Add(point, combiningClass);
            }
        }
    }

    private static Dictionary<int, int[]> ReadSteps(List<string> items) => items.Select(item => item.Split('=')).ToDictionary(
        sides => UnicodeData.Point(sides[0]),
        sides => sides[1].Split('+').Select(part => UnicodeData.Point(part)).ToArray());

    private static IEnumerable<int> Expand(int point, Dictionary<int, int[]> steps) =>
        steps.TryGetValue(point, out int[]? parts) ? parts.SelectMany(part => Expand(part, steps)) : [point];
}
