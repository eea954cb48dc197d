using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>
/// Computes expressions. Values are Python's: null is None, <see cref="bool"/>, <see cref="System.Numerics.BigInteger"/>, <see cref="double"/>,
/// <see cref="string"/> (counted in code points), <see cref="Markup"/>, <see cref="PyList"/>, <see cref="PyTuple"/>, <see cref="PyDict"/>,
/// <see cref="PyCallable"/> and what <see cref="Undefined"/> stands for.
/// </summary>
internal sealed class ExpressionEvaluator(Interpreter interpreter)
{
    public object? Evaluate(Expression expression, Scope scope)
    {
        Interpreter.EnsureStack();
        try
        {
            interpreter.Step();
            return Dispatch(expression, scope);
        }
        catch (ChatTemplateException fault) when (fault.Line == 0)
        {
            interpreter.Program.Source.Locate(fault, expression.At);
            throw;
        }
    }

    private object? Dispatch(Expression expression, Scope scope) => expression switch
    {
        Literal literal => literal.Value,
        Name name => scope.TryGet(name.Id, out object? value) ? value : Undefined.Variable(name.Id),
        AttributeAccess access => Access.Attribute(Evaluate(access.Target, scope), access.Attribute, interpreter),
        ItemAccess access => EvaluateItem(access, scope),
        Call call => EvaluateCall(call, scope, caller: null),
        FilterCall filter => EvaluateFilter(filter, scope, body: null),
        TestCall test => EvaluateTest(test, scope),
        Binary binary => Arithmetic.Apply(binary.Symbol, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope), interpreter),
        Unary unary => Arithmetic.Sign(unary.Symbol, Evaluate(unary.Operand, scope)),
        Not not => !Truth.Of(Evaluate(not.Operand, scope)),
        Logical logical => EvaluateLogical(logical, scope),
        Concatenation concatenation => EvaluateConcatenation(concatenation, scope),
        Comparison comparison => EvaluateComparison(comparison, scope),
        Conditional conditional => EvaluateConditional(conditional, scope),
        TupleDisplay display => new PyTuple(EvaluateAll(display.Items, scope)),
        ListDisplay display => new PyList(EvaluateAll(display.Items, scope)),
        DictDisplay display => EvaluateDict(display, scope),
        SliceIndex slice => EvaluateSlice(slice, scope),
        _ => throw new InvalidOperationException($"no evaluation for {expression.GetType().Name}"),
    };

    /// <param name="call">The call.</param>
    /// <param name="scope">Where it stands.</param>
    /// <param name="caller">The body of a call block, passed as the argument <c>caller</c>.</param>
    public object? EvaluateCall(Call call, Scope scope, Macro? caller)
    {
        object? target = Evaluate(call.Target, scope);
        Arguments arguments = EvaluateArguments(call.Arguments, scope, []);
        if (caller != null)
        {
            arguments.Named["caller"] = caller;
        }

        using Interpreter.CallLevel _ = interpreter.EnterCall();
        return target switch
        {
            PyCallable callable => callable.Call(interpreter, arguments),
            Undefined undefined => throw Fault.Undefined(undefined),
            _ => throw Fault.Type($"'{TypeNames.Of(target)}' object is not callable"),
        };
    }

    /// <param name="filter">The filter, or a chain of them.</param>
    /// <param name="scope">Where it stands.</param>
    /// <param name="body">The captured text when the filter applies to a block.</param>
    public object? EvaluateFilter(FilterCall filter, Scope scope, object? body)
    {
        object? value = filter.Target switch
        {
            null => body,
            FilterCall { } inner when body != null => EvaluateFilter(inner, scope, body),
            _ => Evaluate(filter.Target, scope),
        };
        Function function = Filters.Find(filter.Filter);
        return function.Call(interpreter, EvaluateArguments(filter.Arguments, scope, [value]));
    }

    private object? EvaluateTest(TestCall test, Scope scope)
    {
        object? value = Evaluate(test.Target, scope);
        Function function = Tests.Find(test.Test);
        return function.Call(interpreter, EvaluateArguments(test.Arguments, scope, [value]));
    }

    private Arguments EvaluateArguments(CallArguments given, Scope scope, List<object?> positional)
    {
        foreach (Expression argument in given.Positional)
        {
            positional.Add(Evaluate(argument, scope));
        }

        Arguments arguments = new(positional);
        foreach ((string name, Expression value) in given.Named)
        {
            if (!arguments.Named.TryAdd(name, Evaluate(value, scope)))
            {
                throw Fault.Syntax($"keyword argument repeated: {name}");
            }
        }

        if (given.Unpacked != null)
        {
            positional.AddRange(Iteration.ToList(Evaluate(given.Unpacked, scope), interpreter));
        }

        if (given.UnpackedNamed != null)
        {
            UnpackNamed(Evaluate(given.UnpackedNamed, scope), arguments);
        }

        return arguments;
    }

    private static void UnpackNamed(object? value, Arguments arguments)
    {
        if (value is not PyDict dict)
        {
            throw Fault.Type($"argument after ** must be a mapping, not {TypeNames.Of(value)}");
        }

        foreach ((object? key, object? item) in dict.Items)
        {
            string name = key as string ?? throw Fault.Type("keywords must be strings");
            if (!arguments.Named.TryAdd(name, item))
            {
                throw Fault.Type($"got multiple values for keyword argument '{name}'");
            }
        }
    }

    private object? EvaluateItem(ItemAccess access, Scope scope)
    {
        object? target = Evaluate(access.Target, scope);
        return Access.Item(target, Evaluate(access.Index, scope), interpreter);
    }

    private PySlice EvaluateSlice(SliceIndex slice, Scope scope) => new(
        slice.Start == null ? null : Evaluate(slice.Start, scope),
        slice.Stop == null ? null : Evaluate(slice.Stop, scope),
        slice.Step == null ? null : Evaluate(slice.Step, scope));

    private object? EvaluateLogical(Logical logical, Scope scope)
    {
        object? left = Evaluate(logical.Left, scope);
        return Truth.Of(left) == logical.IsAnd ? Evaluate(logical.Right, scope) : left;
    }

    private string EvaluateConcatenation(Concatenation concatenation, Scope scope)
    {
        string[] parts = new string[concatenation.Parts.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Representation.Str(Evaluate(concatenation.Parts[i], scope), interpreter);
        }

        interpreter.Allocate(parts.Sum(part => (long)part.Length));
        return string.Concat(parts);
    }

    private bool EvaluateComparison(Comparison comparison, Scope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach ((string symbol, Expression operand) in comparison.Rest)
        {
            object? right = Evaluate(operand, scope);
            if (!Ordering.Holds(symbol, left, right, interpreter))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private object? EvaluateConditional(Conditional conditional, Scope scope)
    {
        if (Truth.Of(Evaluate(conditional.Test, scope)))
        {
            return Evaluate(conditional.Then, scope);
        }

        return conditional.Otherwise != null
            ? Evaluate(conditional.Otherwise, scope)
            : new Undefined("the inline if-expression evaluated to false and no else section was defined.");
    }

    private List<object?> EvaluateAll(IReadOnlyList<Expression> items, Scope scope)
    {
        List<object?> values = new(items.Count);
        foreach (Expression item in items)
        {
            values.Add(Evaluate(item, scope));
        }

        return values;
    }

    private PyDict EvaluateDict(DictDisplay display, Scope scope)
    {
        PyDict dict = new();
        foreach ((Expression key, Expression value) in display.Items)
        {
            object? evaluated = Evaluate(key, scope);
            dict.Set(evaluated, Evaluate(value, scope));
        }

        return dict;
    }
}
