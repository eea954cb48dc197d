using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>Runs statements, writing what they print.</summary>
internal sealed class StatementEvaluator(Interpreter interpreter)
{
    private ExpressionEvaluator Expressions => interpreter.Expressions;

    public Flow Run(IReadOnlyList<Statement> body, Scope scope, OutputText output)
    {
        foreach (Statement statement in body)
        {
            Flow flow = Run(statement, scope, output);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope, OutputText output)
    {
        Interpreter.EnsureStack();
        try
        {
            interpreter.Step();
            return Dispatch(statement, scope, output);
        }
        catch (ChatTemplateException fault) when (fault.Line == 0)
        {
            interpreter.Program.Source.Locate(fault, statement.At);
            throw;
        }
    }

    private Flow Dispatch(Statement statement, Scope scope, OutputText output)
    {
        switch (statement)
        {
            case Data data:
                output.Append(data.Text);
                return Flow.Next;
            case Print print:
                output.Append(Representation.Str(Expressions.Evaluate(print.Value, scope), interpreter));
                return Flow.Next;
            case If branches:
                return RunIf(branches, scope, output);
            case For loop:
                return new LoopRunner(interpreter, loop, scope).Run(output);
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Set set:
                CheckNamespaces(set.Target, scope);
                Assign(set.Target, Expressions.Evaluate(set.Value, scope), scope);
                return Flow.Next;
            case SetBlock set:
                return RunSetBlock(set, scope);
            case With with:
                return RunWith(with, scope, output);
            case Scoped scoped:
                return Run(scoped.Body, new Scope(scope), output);
            case FilterBlock block:
                return RunFilterBlock(block, scope, output);
            default:
                RunDefinition(statement, scope, output);
                return Flow.Next;
        }
    }

    private void RunDefinition(Statement statement, Scope scope, OutputText output)
    {
        switch (statement)
        {
            case MacroDefinition definition:
                scope.Set(definition.Id, new Macro(definition.Id, definition.Signature, definition.Body, scope));
                break;
            case CallBlock block:
                Macro caller = new(null, block.Signature, block.Body, scope);
                output.Append(Representation.Str(Expressions.EvaluateCall(block.Call, scope, caller), interpreter));
                break;
            case Block block:
                RunBlock(block, block.Scoped ? scope : interpreter.Root, output);
                break;
            default:
                throw new InvalidOperationException($"no evaluation for {statement.GetType().Name}");
        }
    }

    public void RunBlock(Block block, Scope scope, OutputText output)
    {
        using Interpreter.CallLevel _ = interpreter.EnterCall();
        if (block.Required)
        {
            throw Fault.Runtime($"Required block '{block.Id}' not found");
        }

        Run(block.Body, new Scope(scope), output);
    }

    /// <summary>Binds a name, a tuple of targets, or a namespace's attribute.</summary>
    public void Assign(Expression target, object? value, Scope scope)
    {
        switch (target)
        {
            case Name name:
                scope.Set(name.Id, value);
                break;
            case NamespaceTarget attribute:
                scope.TryGet(attribute.Id, out object? found);
                ((Namespace)found!).Set(attribute.Attribute, value);
                break;
            case TupleDisplay tuple:
                Unpack(tuple.Items, value, scope);
                break;
        }
    }

    private void Unpack(IReadOnlyList<Expression> targets, object? value, Scope scope)
    {
        if (!Iteration.TryIterate(value, interpreter, out IEnumerator<object?>? items))
        {
            throw Fault.Type($"cannot unpack non-iterable {TypeNames.Of(value)} object");
        }

        List<object?> taken = [];
        while (taken.Count <= targets.Count && items.MoveNext())
        {
            taken.Add(items.Current);
        }

        if (taken.Count != targets.Count)
        {
            throw Fault.Value(taken.Count > targets.Count
                ? $"too many values to unpack (expected {targets.Count})"
                : $"not enough values to unpack (expected {targets.Count}, got {taken.Count})");
        }

        for (int i = 0; i < targets.Count; i++)
        {
            Assign(targets[i], taken[i], scope);
        }
    }

    /// <summary>Jinja looks at the namespaces before it evaluates the value.</summary>
    private static void CheckNamespaces(Expression target, Scope scope)
    {
        if (target is NamespaceTarget attribute && !(scope.TryGet(attribute.Id, out object? found) && found is Namespace))
        {
            throw Fault.Runtime("cannot assign attribute on non-namespace object");
        }

        foreach (Expression item in target is TupleDisplay tuple ? tuple.Items : [])
        {
            CheckNamespaces(item, scope);
        }
    }

    private Flow RunIf(If branches, Scope scope, OutputText output)
    {
        foreach ((Expression test, IReadOnlyList<Statement> body) in branches.Branches)
        {
            if (Truth.Of(Expressions.Evaluate(test, scope)))
            {
                return Run(body, scope, output);
            }
        }

        return Run(branches.Otherwise, scope, output);
    }

    private Flow RunSetBlock(SetBlock set, Scope scope)
    {
        OutputText captured = interpreter.Capture();
        Scope inner = new(scope);
        Flow flow = Run(set.Body, inner, captured);
        if (flow == Flow.Next)
        {
            CheckNamespaces(set.Target, scope);
            object? text = captured.ToString();
            Assign(set.Target, set.Filter == null ? text : Expressions.EvaluateFilter(set.Filter, inner, text), scope);
        }

        return flow;
    }

    private Flow RunWith(With with, Scope scope, OutputText output)
    {
        Scope inner = new(scope);
        foreach ((Expression target, Expression value) in with.Variables)
        {
            Assign(target, Expressions.Evaluate(value, scope), inner);
        }

        return Run(with.Body, inner, output);
    }

    private Flow RunFilterBlock(FilterBlock block, Scope scope, OutputText output)
    {
        OutputText captured = interpreter.Capture();
        Scope inner = new(scope);
        Flow flow = Run(block.Body, inner, captured);
        if (flow == Flow.Next)
        {
            output.Append(Representation.Str(Expressions.EvaluateFilter(block.Filter, inner, captured.ToString()), interpreter));
        }

        return flow;
    }
}
