using System.Collections.Frozen;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    public static FrozenDictionary<string, Function> Known { get; } =
        TextFilters.All.Concat(NumberFilters.All).Concat(SequenceFilters.All).Concat(SelectionFilters.All).ToFrozenDictionary(filter => filter.Name);

    public static Function Find(string name) => Known.TryGetValue(name, out Function? filter) ? filter : throw Fault.Assertion($"No filter named '{name}'.");
}
