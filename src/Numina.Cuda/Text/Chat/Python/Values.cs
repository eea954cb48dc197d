using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>An argument that wasn't given, or an attribute that doesn't exist.</summary>
internal sealed class Missing
{
    private Missing()
    {
    }

    public static Missing Value { get; } = new();
}

/// <summary>What a name or key that doesn't exist gives: it prints as nothing, is false and empty, and fails in every other use.</summary>
internal sealed class Undefined(string reason, ChatTemplateError kind = ChatTemplateError.Undefined)
{
    public string Reason => reason;

    public ChatTemplateError Kind => kind;

    public static Undefined Variable(string name) => new($"'{name}' is undefined");

    public static Undefined Member(object? owner, object? member)
    {
        string name = owner == null ? "None" : $"{TypeNames.Of(owner)} object";
        return new Undefined(member is string attribute ? $"'{name}' has no attribute '{attribute}'" : $"{name} has no element {Short(member)}");
    }

    public static Undefined Unsafe(object? owner, string attribute) =>
        new($"access to attribute '{attribute}' of '{TypeNames.Of(owner)}' object is unsafe.", ChatTemplateError.Security);

    private static string Short(object? member) => member is BigInteger or bool or null ? Representation.OfScalar(member) : TypeNames.Of(member);
}

/// <summary>Text marked as safe for HTML: what is joined to it by an operator is escaped.</summary>
internal sealed record Markup(string Text)
{
    /// <summary>Escapes as markupsafe does; text already marked stays as it is.</summary>
    public static Markup Escape(object? value, Interpreter interpreter) => value as Markup ?? new Markup(interpreter.Made(Representation.Str(value, interpreter)
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal)));
}

/// <summary>A list or tuple. Templates can't change one once it is made.</summary>
internal abstract class PySequence(IReadOnlyList<object?> items)
{
    public IReadOnlyList<object?> Items => items;

    public abstract PySequence With(IReadOnlyList<object?> values);
}

internal sealed class PyList(IReadOnlyList<object?> items) : PySequence(items)
{
    public override PyList With(IReadOnlyList<object?> values) => new(values);
}

internal sealed class PyTuple(IReadOnlyList<object?> items) : PySequence(items), IAttributes
{
    /// <summary>Names of the items, for the tuples of groupby.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Its hash once computed: tuples that share parts would otherwise take exponential time.</summary>
    public int? Hash { get; set; }

    public override PyTuple With(IReadOnlyList<object?> values) => new(values);

    public bool TryGetAttribute(string name, out object? value)
    {
        for (int i = 0; i < Fields.Count; i++)
        {
            if (Fields[i] == name)
            {
                value = Items[i];
                return true;
            }
        }

        value = null;
        return false;
    }
}

internal sealed class PyRange(BigInteger start, BigInteger step, int count)
{
    public int Count => count;

    public BigInteger Start => start;

    public BigInteger Stop { get; init; }

    public BigInteger Step => step;

    public BigInteger this[int index] => start + (step * index);
}

/// <summary>What a dict's keys, values or items method gives.</summary>
internal sealed class PyDictView(string kind, PyDict dict)
{
    public string Kind => kind;

    public PyDict Dict => dict;

    public IEnumerable<object?> Items => kind switch
    {
        "dict_keys" => dict.Items.Select(item => item.Key),
        "dict_values" => dict.Items.Select(item => item.Value),
        _ => dict.Items.Select(item => (object?)new PyTuple([item.Key, item.Value])),
    };
}

/// <summary>Items made on demand, which can be read once.</summary>
internal sealed class PyIterator(IEnumerable<object?> items)
{
    public IEnumerator<object?> Items { get; } = items.GetEnumerator();
}

/// <param name="Start">An integer or None.</param>
/// <param name="Stop">An integer or None.</param>
/// <param name="Step">An integer or None.</param>
internal sealed record PySlice(object? Start, object? Stop, object? Step);

/// <summary>A value with attributes of its own.</summary>
internal interface IAttributes
{
    bool TryGetAttribute(string name, out object? value);
}

/// <summary>An object whose attributes a template may set.</summary>
internal sealed class Namespace(PyDict attributes) : IAttributes
{
    public PyDict Attributes => attributes;

    public void Set(string name, object? value)
    {
        CheckName(name);
        attributes.Set(name, value);
    }

    public static void CheckName(object? name)
    {
        if (name is string { } text && text.StartsWith('_'))
        {
            throw Fault.Security($"Chat templates cannot store underscore-prefixed attributes on a namespace, but got '{text}'");
        }
    }

    public bool TryGetAttribute(string name, out object? value) => attributes.TryGet(name, out value);
}

internal static class TypeNames
{
    /// <summary>The name of a value's Python type.</summary>
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        BigInteger => "int",
        double => "float",
        string => "str",
        Markup => "Markup",
        PyList => "list",
        PyTuple => "tuple",
        PyDict => "dict",
        PyRange => "range",
        PySlice => "slice",
        PyDictView view => view.Kind,
        PyIterator => "generator",
        Jinja.LoopContext => "LoopContext",
        Macro => "Macro",
        PyCallable => "function",
        _ => value.GetType().Name,
    };
}
