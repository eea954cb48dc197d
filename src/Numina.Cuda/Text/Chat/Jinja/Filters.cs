using System.Collections.Frozen;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    // Filters of Jinja that no chat needs: they write HTML, lay out for a terminal, or give another text each time.
    private static readonly string[] RefusedNames = ["pprint", "random", "urlize", "wordwrap", "xmlattr"];

    public static FrozenDictionary<string, Function> Known { get; } =
        TextFilters.All.Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).Concat(Refused()).ToFrozenDictionary(filter => filter.Name);

    private static IEnumerable<Function> Refused() => RefusedNames
        .Select(name => new Function(name, "value *args **kwargs", (_, _) => throw Fault.Runtime($"the filter '{name}' is not supported in chat templates")));

    public static Function Find(string name) => Known.TryGetValue(name, out Function? filter) ? filter : throw Fault.Assertion($"No filter named '{name}'.");
}
