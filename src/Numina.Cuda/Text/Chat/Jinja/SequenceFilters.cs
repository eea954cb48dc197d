using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Filters that order, group or count items.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        new("length", "object", (i, a) => Length(i, a)),
        new("count", "object", (i, a) => Length(i, a)),
        new("list", "value", (i, a) => new PyList(Iteration.ToList(a[0], i))),
        new("first", "seq", (i, a) => Iteration.Of(a[0], i) is var items && items.MoveNext() ? items.Current : new Undefined("No first item, sequence was empty.")),
        new("last", "seq", (i, a) => Reversed(a[0], i) is { Count: > 0 } items ? items[0] : new Undefined("No last item, sequence was empty.")),
        new("reverse", "value", Reverse),
        new("items", "value", Items),
        new("dictsort", "value case_sensitive? by? reverse?", DictSort),
        new("sort", "value reverse? case_sensitive? attribute?", Sort),
        new("unique", "value case_sensitive? attribute?", (i, a) => new PyIterator(Unique(a, i))),
        new("min", "value case_sensitive? attribute?", (i, a) => Extreme(a, i, largest: false)),
        new("max", "value case_sensitive? attribute?", (i, a) => Extreme(a, i, largest: true)),
        new("sum", "iterable attribute? start?", Sum),
        new("batch", "value linecount fill_with?", (i, a) => new PyIterator(Batch(a, i))),
        new("slice", "value slices fill_with?", (i, a) => new PyIterator(Slice(a, i))),
        new("groupby", "value attribute default? case_sensitive?", GroupBy),
    ];

    private static BigInteger Length(Interpreter interpreter, object?[] a)
    {
        interpreter.Scan(Equality.TextOf(a[0])?.Length ?? 0);
        return Iteration.CountOf(a[0]) is { } count ? (BigInteger)count : throw Fault.Type($"object of type '{TypeNames.Of(a[0])}' has no len()");
    }

    private static List<object?> Reversed(object? value, Interpreter interpreter)
    {
        if (value is PyIterator || Iteration.CountOf(value) == null)
        {
            throw Fault.Type($"'{TypeNames.Of(value)}' object is not reversible");
        }

        List<object?> items = Iteration.ToList(value, interpreter);
        items.Reverse();
        return items;
    }

    private static object? Reverse(Interpreter interpreter, object?[] a)
    {
        if (Equality.TextOf(a[0]) is { } text)
        {
            return interpreter.Made(CodePoints.Reverse(text));
        }

        List<object?> items = Iteration.TryIterate(a[0], interpreter, out _) ? Iteration.ToList(a[0], interpreter) : throw Fault.Runtime("argument must be iterable");
        items.Reverse();
        return a[0] is PyIterator ? new PyList(items) : new PyIterator(items);
    }

    private static PyIterator Items(Interpreter interpreter, object?[] a) => a[0] switch
    {
        Undefined => new PyIterator([]),
        PyDict dict => new PyIterator(new PyDictView("dict_items", dict).Items),
        _ => throw Fault.Type("Can only get item pairs from a mapping."),
    };

    private static object? Key(object? value, bool caseSensitive) => caseSensitive || Equality.TextOf(value) is not { } text ? value : CaseMapping.Lower(text);

    private static PyList Sorted(IEnumerable<object?> items, Func<object?, object?> key, bool descending, Interpreter interpreter) =>
        new(StableSort.Sort(items, key, descending, interpreter));

    private static PyList DictSort(Interpreter interpreter, object?[] a)
    {
        PyDict dict = a[0] as PyDict ?? throw (a[0] is Undefined undefined ? Fault.Undefined(undefined) : Fault.Type($"'{TypeNames.Of(a[0])}' object has no items"));
        int position = (a[2] is Missing ? "key" : Equality.TextOf(a[2])) switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw Fault.Runtime("You can only sort by either \"key\" or \"value\""),
        };
        bool caseSensitive = TextFilters.Flag(a[1]);
        return Sorted(new PyDictView("dict_items", dict).Items, item => Key(((PyTuple)item!).Items[position], caseSensitive), TextFilters.Flag(a[3]), interpreter);
    }

    private static PyList Sort(Interpreter interpreter, object?[] a)
    {
        List<AttributePath> paths = AttributePath.Several(a[3] is Missing ? null : a[3]);
        bool caseSensitive = TextFilters.Flag(a[2]);
        object? KeyOf(object? item) => new PyTuple([.. paths.Select(path => Key(path.Get(item, interpreter), caseSensitive))]);
        return Sorted(Iteration.ToList(a[0], interpreter), KeyOf, TextFilters.Flag(a[1]), interpreter);
    }

    private static IEnumerable<object?> Unique(object?[] a, Interpreter interpreter)
    {
        AttributePath path = new(a[2]);
        HashSet<PyDict.Key> seen = [];
        foreach (object? item in Iteration.Each(a[0], interpreter))
        {
            if (seen.Add(new PyDict.Key(Key(path.Get(item, interpreter), TextFilters.Flag(a[1])))))
            {
                yield return item;
            }
        }
    }

    private static object? Extreme(object?[] a, Interpreter interpreter, bool largest)
    {
        AttributePath path = new(a[2]);
        List<object?> items = Iteration.ToList(a[0], interpreter);
        if (items.Count == 0)
        {
            return new Undefined("No aggregated item, sequence was empty.");
        }

        bool caseSensitive = TextFilters.Flag(a[1]);
        object? best = items[0];
        object? bestKey = Key(path.Get(best, interpreter), caseSensitive);
        foreach (object? item in items.Skip(1))
        {
            object? key = Key(path.Get(item, interpreter), caseSensitive);
            if (Ordering.Holds(largest ? ">" : "<", key, bestKey, interpreter))
            {
                (best, bestKey) = (item, key);
            }
        }

        return best;
    }

    private static object? Sum(Interpreter interpreter, object?[] a)
    {
        AttributePath path = new(a[1]);
        object? total = a[2] is Missing ? BigInteger.Zero : a[2];
        if (total is string or Markup)
        {
            throw Fault.Type("sum() can't sum strings [use ''.join(seq) instead]");
        }

        foreach (object? item in Iteration.Each(a[0], interpreter))
        {
            total = Arithmetic.Apply("+", total, path.Get(item, interpreter), interpreter);
        }

        return total;
    }

    private static IEnumerable<object?> Batch(object?[] a, Interpreter interpreter)
    {
        int size = Arithmetic.ToInt32(a[1], "linecount");
        List<object?> row = [];
        foreach (object? item in Iteration.Each(a[0], interpreter))
        {
            if (row.Count == size)
            {
                yield return new PyList(row);
                row = [];
            }

            row.Add(item);
        }

        if (row.Count > 0)
        {
            int missing = a[2] is Missing or null ? 0 : Math.Max(0, size - row.Count);
            interpreter.Allocate(missing);
            row.AddRange(Enumerable.Repeat(a[2], missing));
            yield return new PyList(row);
        }
    }

    private static IEnumerable<object?> Slice(object?[] a, Interpreter interpreter)
    {
        List<object?> items = Iteration.ToList(a[0], interpreter);
        int slices = Arithmetic.ToInt32(a[1], "slices");
        if (slices == 0)
        {
            throw Fault.ZeroDivision("integer division or modulo by zero");
        }

        (int each, int extra) = slices < 0 ? (0, 0) : Math.DivRem(items.Count, slices);
        for (int slice = 0, at = 0; slice < slices; slice++)
        {
            interpreter.Step();
            int size = each + (slice < extra ? 1 : 0);
            List<object?> column = items.GetRange(at, size);
            at += size;
            if (a[2] is not (Missing or null) && slice >= extra)
            {
                column.Add(a[2]);
            }

            yield return new PyList(column);
        }
    }

    private static PyList GroupBy(Interpreter interpreter, object?[] a)
    {
        AttributePath path = new(a[1]);
        object? byDefault = a[2] is Missing ? null : a[2];
        bool caseSensitive = TextFilters.Flag(a[3]);
        List<object?> groups = [];
        List<object?> members = [];
        object? current = null;
        object? KeyOf(object? item) => Key(path.Get(item, interpreter, byDefault), caseSensitive);
        foreach (object? item in Sorted(Iteration.ToList(a[0], interpreter), KeyOf, descending: false, interpreter).Items)
        {
            object? key = KeyOf(item);
            if (members.Count == 0 || !Equality.AreEqual(current, key, interpreter))
            {
                members = [];
                current = key;
                groups.Add(new PyTuple([path.Get(item, interpreter, byDefault), new PyList(members)]) { Fields = ["grouper", "list"] });
            }

            members.Add(item);
        }

        return new PyList(groups);
    }
}
