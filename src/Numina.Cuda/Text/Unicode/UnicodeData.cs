using System.Globalization;
using System.Resources;

namespace Numina.Cuda.Text.Unicode;

/// <summary>Reads the character tables that are embedded as text: lines of a name and items, a '#' before comments.</summary>
internal static class UnicodeData
{
    /// <summary>The items of every name, in file order, of the lines that begin with it.</summary>
    public static Dictionary<string, List<string>> Read(string resource)
    {
        using Stream stream = typeof(UnicodeData).Assembly.GetManifestResourceStream(resource)
            ?? throw new MissingManifestResourceException($"the library was built without its resource {resource}");
        using StreamReader reader = new(stream);
        Dictionary<string, List<string>> sections = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] words = line.Split(' ');
            if (!sections.TryGetValue(words[0], out List<string>? items))
            {
                sections.Add(words[0], items = []);
            }

            items.AddRange(words.AsSpan(1));
        }

        return sections;
    }

    /// <summary>Ranges written as FIRST-LAST or POINT, in hexadecimal.</summary>
    public static CodePointRanges Ranges(IEnumerable<string> items) => CodePointRanges.OfPairs(
    [
        .. items.Select(item => item.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash
            ? (Point(item.AsSpan(0, dash)), Point(item.AsSpan(dash + 1)))
            : (Point(item), Point(item))),
    ]);

    public static int Point(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
