using System.Globalization;
using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>The attribute argument of a filter: names and numbers with dots between them, looked up as items first.</summary>
internal sealed class AttributePath
{
    private readonly List<object?> _parts;

    public AttributePath(object? attribute) => _parts = attribute switch
    {
        null or Missing => [],
        string text => [.. text.Split('.').Select(part => part.Length > 0 && part.All(char.IsAsciiDigit) ? (object?)BigInteger.Parse(part, CultureInfo.InvariantCulture) : part)],
        _ => [attribute],
    };

    /// <summary>Several paths with commas between them, for sort.</summary>
    public static List<AttributePath> Several(object? attribute) =>
        attribute is string text ? [.. text.Split(',').Select(path => new AttributePath(path))] : [new AttributePath(attribute)];

    public object? Get(object? item, Interpreter interpreter, object? byDefault = null)
    {
        foreach (object? part in _parts)
        {
            item = Access.Item(item, part, interpreter);
            item = item is Undefined && byDefault != null ? byDefault : item;
        }

        return item;
    }
}
