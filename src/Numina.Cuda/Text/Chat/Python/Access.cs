using System.Collections.Frozen;
using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>
/// Jinja's two ways into a value: <c>a.b</c> tries Python's attribute, then the item; <c>a[b]</c> the item, then the attribute. What starts with an underscore
/// or changes its object is out of bounds.
/// </summary>
internal static class Access
{
    private static readonly FrozenSet<string> ListMutators = FrozenSet.Create("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static readonly FrozenSet<string> DictMutators = FrozenSet.Create("clear", "pop", "popitem", "setdefault", "update");

    public static object? Attribute(object? target, string name, Interpreter interpreter)
    {
        if (target is Undefined undefined)
        {
            throw Fault.Undefined(undefined);
        }

        if (TryAttribute(target, name, out object? value) || TryItem(target, name, interpreter, out value))
        {
            return value;
        }

        return Undefined.Member(target, name);
    }

    public static object? Item(object? target, object? index, Interpreter interpreter)
    {
        if (target is Undefined undefined)
        {
            throw Fault.Undefined(undefined);
        }

        if (TryItem(target, index, interpreter, out object? value) || (Equality.TextOf(index) is { } name && TryAttribute(target, name, out value)))
        {
            return value;
        }

        return Undefined.Member(target, index);
    }

    /// <summary>The attribute alone: methods, and what an object of the engine offers.</summary>
    public static bool TryAttribute(object? target, string name, out object? value)
    {
        if (target is IAttributes own && own.TryGetAttribute(name, out value))
        {
            value = name.StartsWith('_') ? Undefined.Unsafe(target, name) : value;
            return true;
        }

        bool mutates = (target is PyList && ListMutators.Contains(name)) || (target is PyDict && DictMutators.Contains(name));
        if (mutates || (name is "__class__" or "__doc__" or "__init__" or "__dict__" or "__len__" or "__str__" or "__eq__" or "__hash__"))
        {
            value = Undefined.Unsafe(target, name);
            return true;
        }

        value = target switch
        {
            string text => TextMethods.Find(text, name),
            Markup markup => TextMethods.Find(markup.Text, name),
            PyDict dict => ContainerMethods.OfDict(dict, name),
            PySequence sequence => ContainerMethods.OfSequence(sequence, name),
            BigInteger or bool or double => ContainerMethods.OfNumber(target, name),
            _ => null,
        };
        return value != null;
    }

    private static bool TryItem(object? target, object? index, Interpreter interpreter, out object? value)
    {
        value = null;
        switch (target)
        {
            case PyDict dict:
                return index is not (PyList or PyDict or PySlice) && dict.TryGet(index, out value);
            case string or Markup or PySequence or PyRange when index is PySlice slice:
                value = Slicing.Apply(target, slice, interpreter);
                return true;
            case string or Markup or PySequence or PyRange when index is bool or BigInteger:
                return TryIndex(target, Arithmetic.Integer(index), out value);
            default:
                return false;
        }
    }

    private static bool TryIndex(object target, BigInteger index, out object? value)
    {
        int count = Iteration.CountOf(target)!.Value;
        index += index.Sign < 0 ? count : 0;
        value = null;
        if (index.Sign < 0 || index >= count)
        {
            return false;
        }

        int at = (int)index;
        value = target switch
        {
            string text => CharacterAt(text, at, count),
            Markup markup => new Markup(CharacterAt(markup.Text, at, count)),
            PySequence sequence => sequence.Items[at],
            _ => ((PyRange)target)[at],
        };
        return true;
    }

    private static string CharacterAt(string text, int index, int count)
    {
        int at = count == text.Length ? index : CodePoints.Offset(text, index);
        return text.Substring(at, CodePoints.CodePointAt(text, at) > 0xFFFF ? 2 : 1);
    }
}
