using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Going through the items of a value.</summary>
internal static class Iteration
{
    public static IEnumerator<object?> Of(object? value, Interpreter interpreter) => TryIterate(value, interpreter, out IEnumerator<object?>? items)
        ? items
        : throw Fault.Type($"'{TypeNames.Of(value)}' object is not iterable");

    public static bool TryIterate(object? value, Interpreter interpreter, [NotNullWhen(true)] out IEnumerator<object?>? items)
    {
        IEnumerable<object?>? source = value switch
        {
            string text => CodePoints.Characters(interpreter.Made(text)),
            Markup markup => CodePoints.Characters(interpreter.Made(markup.Text)).Select(character => new Markup(character)),
            PySequence sequence => sequence.Items,
            PyDict dict => dict.Items.Select(item => item.Key),
            PyDictView view => view.Items,
            PyRange range => Enumerable.Range(0, range.Count).Select(index => (object?)range[index]),
            Undefined => [],
            _ => null,
        };
        items = value is PyIterator once ? once.Items : source?.GetEnumerator();
        return items != null;
    }

    public static List<object?> ToList(object? value, Interpreter interpreter)
    {
        List<object?> list = [];
        for (IEnumerator<object?> items = Of(value, interpreter); items.MoveNext();)
        {
            interpreter.Step();
            list.Add(items.Current);
        }

        interpreter.Allocate(list.Count);
        return list;
    }

    /// <summary>A lazy iterator, as Python's generators are: its errors come when it is read.</summary>
    public static IEnumerable<object?> Each(object? value, Interpreter interpreter)
    {
        for (IEnumerator<object?> items = Of(value, interpreter); items.MoveNext();)
        {
            interpreter.Step();
            yield return items.Current;
        }
    }

    /// <summary>Python's len, null for what has none.</summary>
    public static int? CountOf(object? value) => value switch
    {
        string text => CodePoints.Length(text),
        Markup markup => CodePoints.Length(markup.Text),
        PySequence sequence => sequence.Items.Count,
        PyDict dict => dict.Count,
        PyDictView view => view.Dict.Count,
        PyRange range => range.Count,
        Undefined => 0,
        LoopContext loop when loop.TryGetAttribute("length", out object? length) => (int)(BigInteger)length!,
        _ => null,
    };
}
