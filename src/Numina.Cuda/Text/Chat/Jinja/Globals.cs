using System.Collections.Frozen;
using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>The functions every chat template can call.</summary>
internal static class Globals
{
    private const int MaxRange = 100_000;

    public static FrozenDictionary<string, object?> All { get; } = new Function[]
    {
        new("range", "start stop? step?", (_, a) => Range(a)),
        new("dict", "mapping? **kwargs", (i, a) => MakeDict(a, i)),
        new("namespace", "mapping? **kwargs", MakeNamespace),
        new("cycler", "*items", (_, a) => new Cycler((PyTuple)a[0]!)),
        new("joiner", "sep?", (_, a) => new Joiner(a[0] is Missing ? ", " : a[0])),
        new("raise_exception", "message", (i, a) => throw new ChatTemplateException(ChatTemplateError.Raised, Representation.Str(a[0], i))),
        new("strftime_now", "format", (i, a) => i.Made(TimeFormat.Format(i.Clock.GetLocalNow(), TextMethods.Text(a[0]), i))),
        new("lipsum", "*args **kwargs", (_, _) => throw Fault.Runtime("lipsum is not supported: it gives random text")),
    }.ToFrozenDictionary(function => function.Name, function => (object?)function);

    private static PyRange Range(object?[] a)
    {
        BigInteger Bound(object? value) => value is bool or BigInteger ? Arithmetic.Integer(value) : throw (value is Undefined undefined
            ? Fault.Undefined(undefined)
            : Fault.Type($"'{TypeNames.Of(value)}' object cannot be interpreted as an integer"));
        BigInteger start = a[1] is Missing ? 0 : Bound(a[0]);
        BigInteger stop = Bound(a[1] is Missing ? a[0] : a[1]);
        BigInteger step = a[2] is Missing ? 1 : Bound(a[2]);
        if (step.IsZero)
        {
            throw Fault.Value("range() arg 3 must not be zero");
        }

        BigInteger distance = step.Sign > 0 ? stop - start : start - stop;
        BigInteger count = distance.Sign <= 0 ? 0 : (distance + BigInteger.Abs(step) - 1) / BigInteger.Abs(step);
        return count <= MaxRange
            ? new PyRange(start, step, (int)count) { Stop = stop }
            : throw Fault.Overflow($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxRange}).");
    }

    private static PyDict MakeDict(object?[] a, Interpreter interpreter)
    {
        PyDict dict = a[0] is PyDict given ? given.Copy() : new PyDict();
        if (a[0] is not (PyDict or Missing))
        {
            foreach (object? item in Iteration.ToList(a[0], interpreter))
            {
                List<object?> pair = Iteration.ToList(item, interpreter);
                dict.Set(pair.Count == 2 ? pair[0] : throw Fault.Value($"dictionary update sequence element has length {pair.Count}; 2 is required"), pair[1]);
            }
        }

        foreach ((object? key, object? value) in ((PyDict)a[1]!).Items)
        {
            dict.Set(key, value);
        }

        return dict;
    }

    private static Namespace MakeNamespace(Interpreter interpreter, object?[] a)
    {
        PyDict attributes = MakeDict(a, interpreter);
        foreach ((object? key, _) in attributes.Items)
        {
            Namespace.CheckName(key);
        }

        return new Namespace(attributes);
    }

    private sealed class Cycler(PyTuple items) : IAttributes
    {
        private readonly PyTuple _items = items.Items.Count > 0 ? items : throw Fault.Runtime("at least one item has to be provided");
        private int _position;

        public bool TryGetAttribute(string name, out object? value)
        {
            value = name switch
            {
                "current" => _items.Items[_position],
                "items" => _items,
                "pos" => (BigInteger)_position,
                "next" => new Function(name, "", (_, _) => Next()),
                "reset" => new Function(name, "", (_, _) => Reset()),
                _ => Missing.Value,
            };
            return value is not Missing;
        }

        private object? Next()
        {
            object? current = _items.Items[_position];
            _position = (_position + 1) % _items.Items.Count;
            return current;
        }

        private object? Reset()
        {
            _position = 0;
            return null;
        }
    }

    private sealed class Joiner(object? separator) : PyCallable
    {
        private bool _used;

        public override string Name => "joiner";

        public override object? Call(Interpreter caller, Arguments arguments)
        {
            object? result = _used ? separator : "";
            _used = true;
            return result;
        }
    }
}
