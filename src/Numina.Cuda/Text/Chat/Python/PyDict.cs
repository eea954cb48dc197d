using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>A dict: keys are compared as Python does (1, 1.0 and True are one key) and stay in the order they came.</summary>
internal sealed class PyDict
{
    private readonly OrderedDictionary<Key, object?> _items = [];

    public int Count => _items.Count;

    public IEnumerable<KeyValuePair<object?, object?>> Items => _items.Select(item => KeyValuePair.Create(item.Key.Value, item.Value));

    public PyDict()
    {
    }

    public PyDict(IEnumerable<KeyValuePair<object?, object?>> items)
    {
        foreach ((object? key, object? value) in items)
        {
            Set(key, value);
        }
    }

    public static PyDict From(IEnumerable<KeyValuePair<string, object?>> items) => new(items.Select(item => KeyValuePair.Create((object?)item.Key, item.Value)));

    /// <summary>Only for dicts not yet seen by the template, and for namespaces.</summary>
    public void Set(object? key, object? value) => _items[new Key(key)] = value;

    public bool TryGet(object? key, out object? value) => _items.TryGetValue(new Key(key), out value);

    public bool Contains(object? key) => _items.ContainsKey(new Key(key));

    public PyDict Copy() => new(Items);

    /// <summary>A value as a key: hashed and compared as Python does. Making one of an unhashable value fails.</summary>
    internal readonly struct Key : IEquatable<Key>
    {
        private readonly int _hash;

        public Key(object? value)
        {
            Value = value;
            _hash = Hash(value);
        }

        public object? Value { get; }

        public bool Equals(Key other) => Equality.AreEqual(Value, other.Value, null);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => _hash;

        private static int HashItems(PyTuple tuple)
        {
            HashCode code = default;
            foreach (object? item in tuple.Items)
            {
                code.Add(Hash(item));
            }

            return code.ToHashCode();
        }

        private static int Hash(object? value)
        {
            Interpreter.EnsureStack();
            switch (value)
            {
                case null:
                    return 0;
                case string text:
                    return text.GetHashCode(StringComparison.Ordinal);
                case Markup markup:
                    return markup.Text.GetHashCode(StringComparison.Ordinal);
                case bool flag:
                    return BigInteger.One.GetHashCode() * (flag ? 1 : 0);
                case BigInteger integer:
                    return integer.IsZero ? 0 : integer.GetHashCode();
                case double number:
                    return !double.IsFinite(number) || number != Math.Floor(number) ? number.GetHashCode() : Hash(new BigInteger(number));
                case PyTuple tuple:
                    return tuple.Hash ??= HashItems(tuple);
                case PyList or PyDict or PySlice or PyDictView { Kind: not "dict_values" }:
                    throw Fault.Type($"unhashable type: '{TypeNames.Of(value)}'");
                case Undefined:
                    return 1;
                default:
                    return System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value);
            }
        }
    }
}
