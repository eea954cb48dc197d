using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>
/// The variable <c>loop</c>. It looks one item ahead only when the template asks for <c>last</c> or <c>nextitem</c>, and reads to the end only for a length that
/// the items can't tell, because a loop's condition may depend on what its body did.
/// </summary>
internal sealed class LoopContext(IEnumerator<object?> items, Func<int?> count, LoopRunner? recursive, int depth, Interpreter interpreter) : PyCallable, IAttributes
{
    private readonly Queue<object?> _ahead = new();
    private object? _previous;
    private PyTuple? _lastChanged;
    private int _index0 = -1;
    private int? _length;

    public override string Name => "loop";

    public object? Current { get; private set; }

    public bool MoveNext()
    {
        if (!PeekNext())
        {
            return false;
        }

        _previous = Current;
        Current = _ahead.Dequeue();
        _index0++;
        return true;
    }

    public override object? Call(Interpreter caller, Arguments arguments)
    {
        if (recursive == null)
        {
            throw Fault.Type("The loop must have the 'recursive' marker to be called recursively.");
        }

        object?[] bound = new Signature("loop", "iterable").Bind(arguments);
        return recursive.Recurse(bound[0], depth + 1);
    }

    public bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "index" => (BigInteger)(_index0 + 1),
            "index0" => (BigInteger)_index0,
            "revindex" => (BigInteger)(Length - _index0),
            "revindex0" => (BigInteger)(Length - _index0 - 1),
            "length" => (BigInteger)Length,
            "first" => _index0 == 0,
            "last" => !PeekNext(),
            "depth" => (BigInteger)(depth + 1),
            "depth0" => (BigInteger)depth,
            "previtem" => _index0 == 0 ? new Undefined("there is no previous item") : _previous,
            "nextitem" => PeekNext() ? _ahead.Peek() : new Undefined("there is no next item"),
            "cycle" => new Function("cycle", "*values", (_, a) => Cycle((PyTuple)a[0]!)),
            "changed" => new Function("changed", "*values", (i, a) => Changed((PyTuple)a[0]!, i)),
            _ => Missing.Value,
        };
        return value is not Missing;
    }

    private int Length
    {
        get
        {
            _length ??= count();
            if (_length == null)
            {
                while (items.MoveNext())
                {
                    interpreter.Step();
                    _ahead.Enqueue(items.Current);
                }

                _length = _index0 + 1 + _ahead.Count;
            }

            return _length.Value;
        }
    }

    private bool PeekNext()
    {
        if (_ahead.Count > 0)
        {
            return true;
        }

        if (!items.MoveNext())
        {
            return false;
        }

        _ahead.Enqueue(items.Current);
        return true;
    }

    private object? Cycle(PyTuple values) => values.Items.Count == 0 ? throw Fault.Type("no items for cycling given") : values.Items[_index0 % values.Items.Count];

    private bool Changed(PyTuple values, Interpreter caller)
    {
        bool changed = _lastChanged == null || !Equality.AreEqual(_lastChanged, values, caller);
        _lastChanged = values;
        return changed;
    }
}
