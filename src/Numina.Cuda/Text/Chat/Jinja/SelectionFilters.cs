using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Filters that apply another filter or test to each item, and attr.</summary>
internal static class SelectionFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        new("map", "value *args **kwargs", (i, a) => new PyIterator(Map(a, i))),
        new("select", "value *args **kwargs", (i, a) => new PyIterator(Select(a, i, keep: true, byAttribute: false))),
        new("reject", "value *args **kwargs", (i, a) => new PyIterator(Select(a, i, keep: false, byAttribute: false))),
        new("selectattr", "value *args **kwargs", (i, a) => new PyIterator(Select(a, i, keep: true, byAttribute: true))),
        new("rejectattr", "value *args **kwargs", (i, a) => new PyIterator(Select(a, i, keep: false, byAttribute: true))),
        new("attr", "obj name", Attribute),
    ];

    private static object? Attribute(Interpreter interpreter, object?[] a)
    {
        if (a[0] is Undefined undefined)
        {
            throw Fault.Undefined(undefined);
        }

        return Access.TryAttribute(a[0], TextMethods.Text(a[1]), out object? value) ? value : Undefined.Member(a[0], a[1]);
    }

    private static IEnumerable<object?> Map(object?[] a, Interpreter interpreter)
    {
        if (!Truth.Of(a[0]))
        {
            yield break;
        }

        Func<object?, object?> map = MapOf((PyTuple)a[1]!, (PyDict)a[2]!, interpreter);
        foreach (object? item in Iteration.Each(a[0], interpreter))
        {
            yield return map(item);
        }
    }

    private static Func<object?, object?> MapOf(PyTuple positional, PyDict named, Interpreter interpreter)
    {
        if (positional.Items.Count == 0 && named.TryGet("attribute", out object? attribute))
        {
            AttributePath path = new(attribute);
            named.TryGet("default", out object? byDefault);
            string? unknown = named.Items.Select(item => (string)item.Key!).FirstOrDefault(name => name is not ("attribute" or "default"));
            return unknown == null ? item => path.Get(item, interpreter, byDefault) : throw Fault.Runtime($"Unexpected keyword argument '{unknown}'");
        }

        string name = positional.Items.Count > 0 ? TextMethods.Text(positional.Items[0]) : throw Fault.Runtime("map requires a filter argument");
        Function filter = Filters.Known.TryGetValue(name, out Function? found) ? found : throw Fault.Runtime($"No filter named '{name}'.");
        return item => filter.Call(interpreter, Following(item, positional, 1, named));
    }

    private static IEnumerable<object?> Select(object?[] a, Interpreter interpreter, bool keep, bool byAttribute)
    {
        if (!Truth.Of(a[0]))
        {
            yield break;
        }

        Func<object?, bool> holds = TestOf((PyTuple)a[1]!, (PyDict)a[2]!, byAttribute, interpreter);
        foreach (object? item in Iteration.Each(a[0], interpreter))
        {
            if (holds(item) == keep)
            {
                yield return item;
            }
        }
    }

    private static Func<object?, bool> TestOf(PyTuple positional, PyDict named, bool byAttribute, Interpreter interpreter)
    {
        AttributePath path = new(null);
        int used = 0;
        if (byAttribute)
        {
            path = new AttributePath(positional.Items.Count > 0 ? positional.Items[0] : throw Fault.Runtime("Missing parameter for attribute name"));
            used = 1;
        }

        if (positional.Items.Count == used)
        {
            return item => Truth.Of(path.Get(item, interpreter));
        }

        string name = TextMethods.Text(positional.Items[used]);
        Function test = Tests.Known.TryGetValue(name, out Function? found) ? found : throw Fault.Runtime($"No test named '{name}'.");
        return item => Truth.Of(test.Call(interpreter, Following(path.Get(item, interpreter), positional, used + 1, named)));
    }

    private static Arguments Following(object? item, PyTuple positional, int skip, PyDict named)
    {
        Arguments arguments = new([item, .. positional.Items.Skip(skip)]);
        foreach ((object? key, object? value) in named.Items)
        {
            arguments.Named[(string)key!] = value;
        }

        return arguments;
    }
}
