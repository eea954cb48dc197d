using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>The arguments of one call.</summary>
internal sealed class Arguments(List<object?> positional)
{
    public List<object?> Positional => positional;

    public OrderedDictionary<string, object?> Named { get; } = [];
}

internal abstract class PyCallable
{
    public abstract string Name { get; }

    public abstract object? Call(Interpreter caller, Arguments arguments);
}

/// <summary>A function, filter, test or method of the engine.</summary>
internal sealed class Function(string name, string parameters, Func<Interpreter, object?[], object?> body) : PyCallable
{
    private readonly Signature _signature = new(name, parameters);

    public override string Name => name;

    public override object? Call(Interpreter caller, Arguments arguments) => body(caller, _signature.Bind(arguments));
}

/// <summary>
/// The parameters of a function of the engine, written <c>"value width? *rest **named"</c>: a question mark makes one optional, stars collect what is left.
/// </summary>
internal sealed class Signature
{
    private readonly string _function;
    private readonly string[] _names;
    private readonly int _required;
    private readonly bool _takesRest;
    private readonly bool _takesNamed;

    public Signature(string function, string parameters)
    {
        _function = function;
        string[] parts = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        _names = [.. parts.Where(part => part[0] != '*').Select(part => part.TrimEnd('?'))];
        _required = parts.Count(part => part[0] != '*' && part[^1] != '?');
        _takesRest = parts.Any(part => part[0] == '*' && part[1] != '*');
        _takesNamed = parts.Any(part => part.StartsWith("**", StringComparison.Ordinal));
    }

    /// <summary>One value a parameter, <see cref="Missing"/> where an optional one isn't given, then a tuple and a dict of the rest where they are taken.</summary>
    public object?[] Bind(Arguments arguments)
    {
        List<object?> bound = [];
        OrderedDictionary<string, object?> named = new(arguments.Named);
        for (int i = 0; i < _names.Length; i++)
        {
            bound.Add(BindOne(i, arguments, named));
        }

        if (_takesRest)
        {
            bound.Add(new PyTuple([.. arguments.Positional.Skip(_names.Length)]));
        }
        else if (arguments.Positional.Count > _names.Length)
        {
            throw Fault.Type($"{_function}() takes {_names.Length} positional arguments but {arguments.Positional.Count} were given");
        }

        if (_takesNamed)
        {
            bound.Add(PyDict.From(named));
        }
        else if (named.Count > 0)
        {
            throw Fault.Type($"{_function}() got an unexpected keyword argument '{named.GetAt(0).Key}'");
        }

        return [.. bound];
    }

    private object? BindOne(int index, Arguments arguments, OrderedDictionary<string, object?> named)
    {
        bool byName = named.Remove(_names[index], out object? value);
        if (index < arguments.Positional.Count)
        {
            return byName ? throw Fault.Type($"{_function}() got multiple values for argument '{_names[index]}'") : arguments.Positional[index];
        }

        if (!byName && index < _required)
        {
            throw Fault.Type($"{_function}() missing required argument: '{_names[index]}'");
        }

        return byName ? value : Missing.Value;
    }
}
