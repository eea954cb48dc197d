using System.Numerics;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>A macro, or the body of a call block (then without a name): a function that returns what its body prints.</summary>
internal sealed class Macro(string? id, MacroSignature signature, IReadOnlyList<Statement> body, Scope definedIn) : PyCallable, IAttributes
{
    public override string Name => id ?? "anonymous";

    public override object? Call(Interpreter interpreter, Arguments arguments)
    {
        Scope scope = new(definedIn);
        OrderedDictionary<string, object?> named = new(arguments.Named);
        int positional = Math.Min(arguments.Positional.Count, signature.Parameters.Count);
        for (int i = 0; i < signature.Parameters.Count; i++)
        {
            Bind(i, arguments, named, scope, interpreter);
        }

        BindImplicit(arguments, named, positional, scope);
        OutputText output = interpreter.Capture();
        interpreter.Statements.Run(body, scope, output);
        return output.ToString();
    }

    public bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "name" => id,
            "arguments" => new PyTuple([.. signature.Parameters.Select(parameter => (object?)parameter.Id)]),
            "catch_kwargs" => signature.UsesKwargs,
            "catch_varargs" => signature.UsesVarargs,
            "caller" => signature.UsesCaller,
            _ => Missing.Value,
        };
        return value is not Missing;
    }

    private void Bind(int index, Arguments arguments, OrderedDictionary<string, object?> named, Scope scope, Interpreter interpreter)
    {
        (string name, Expression? byDefault) = signature.Parameters[index];
        object? value;
        if (index < arguments.Positional.Count)
        {
            value = arguments.Positional[index];
        }
        else if (!named.Remove(name, out value))
        {
            value = byDefault == null ? new Undefined($"parameter '{name}' was not provided") : interpreter.Expressions.Evaluate(byDefault, scope);
        }

        scope.Set(name, value);
    }

    private void BindImplicit(Arguments arguments, OrderedDictionary<string, object?> named, int positional, Scope scope)
    {
        bool explicitCaller = signature.Parameters.Any(parameter => parameter.Id == "caller");
        if (signature.UsesCaller && !explicitCaller)
        {
            named.Remove("caller", out object? caller);
            scope.Set("caller", caller ?? new Undefined("No caller defined"));
        }

        if (signature.UsesKwargs)
        {
            scope.Set("kwargs", PyDict.From(named));
        }
        else if (named.Count > 0)
        {
            throw Fault.Type(named.ContainsKey("caller")
                ? $"macro '{Name}' was invoked with two values for the special caller argument. This is most likely a bug."
                : $"macro '{Name}' takes no keyword argument '{named.GetAt(0).Key}'");
        }

        if (signature.UsesVarargs)
        {
            scope.Set("varargs", new PyTuple([.. arguments.Positional.Skip(positional)]));
        }
        else if (arguments.Positional.Count > signature.Parameters.Count)
        {
            throw Fault.Type($"macro '{Name}' takes not more than {(BigInteger)signature.Parameters.Count} argument(s)");
        }
    }
}
