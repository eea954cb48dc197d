using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Runs one for statement, and again inside itself when it is recursive.</summary>
internal sealed class LoopRunner(Interpreter interpreter, For loop, Scope scope)
{
    public Flow Run(OutputText output)
    {
        object? items = interpreter.Expressions.Evaluate(loop.Items, scope);
        return Run(items, depth: 0, output);
    }

    /// <summary>What <c>loop(items)</c> gives in a recursive loop.</summary>
    public string Recurse(object? items, int depth)
    {
        using Interpreter.CallLevel _ = interpreter.EnterCall();
        OutputText captured = interpreter.Capture();
        Run(items, depth, captured);
        return captured.ToString();
    }

    private Flow Run(object? items, int depth, OutputText output)
    {
        IEnumerator<object?> enumerator = Iteration.Of(items, interpreter);
        LoopContext context = loop.Test == null
            ? new LoopContext(enumerator, () => Iteration.CountOf(items), loop.Recursive ? this : null, depth, interpreter)
            : new LoopContext(Filter(enumerator, loop.Test), () => null, loop.Recursive ? this : null, depth, interpreter);
        bool ran = false;
        while (context.MoveNext())
        {
            interpreter.Step();
            ran = true;
            Scope inner = new(scope);
            inner.Set("loop", context);
            interpreter.Statements.Assign(loop.Target, context.Current, inner);
            if (interpreter.Statements.Run(loop.Body, inner, output) == Flow.Break)
            {
                break;
            }
        }

        return ran ? Flow.Next : interpreter.Statements.Run(loop.Otherwise, new Scope(scope), output);
    }

    private IEnumerator<object?> Filter(IEnumerator<object?> items, Expression test)
    {
        while (items.MoveNext())
        {
            Scope inner = new(scope);
            interpreter.Statements.Assign(loop.Target, items.Current, inner);
            if (Truth.Of(interpreter.Expressions.Evaluate(test, inner)))
            {
                yield return items.Current;
            }
        }
    }
}
