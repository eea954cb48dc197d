using System.Runtime.CompilerServices;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>One rendering: what it has used up of its limits, and the blocks of its template.</summary>
internal sealed class Interpreter
{
    private readonly ChatTemplateLimits _limits;
    private long _steps;
    private long _allocated;
    private int _calls;

    public Interpreter(TemplateProgram program, ChatTemplateLimits limits, IReadOnlyDictionary<string, object?> variables, TimeProvider clock)
    {
        _limits = limits;
        Program = program;
        Clock = clock;
        Scope given = new(new Scope(null, Globals.All), variables);
        given.Set("self", new BlockReferences(program.Blocks));
        Root = new Scope(given);
        Expressions = new ExpressionEvaluator(this);
        Statements = new StatementEvaluator(this);
    }

    public TemplateProgram Program { get; }

    public TimeProvider Clock { get; }

    public Scope Root { get; }

    public ExpressionEvaluator Expressions { get; }

    public StatementEvaluator Statements { get; }

    public int IntegerBits => _limits.IntegerBits;

    public string Render()
    {
        OutputText output = new(this, _limits.Output);
        Statements.Run(Program.Body, Root, output);
        return output.ToString();
    }

    /// <summary>Counts one node or item; every loop over template data passes here.</summary>
    public void Step()
    {
        if (++_steps > _limits.Steps)
        {
            throw Fault.Limit($"more than {_limits.Steps} steps");
        }
    }

    /// <summary>Counts a pass over <paramref name="length"/> units of text or bits of a number.</summary>
    public void Scan(long length)
    {
        _steps += length / 64;
        Step();
    }

    /// <summary>Call before creating a text or list of <paramref name="size"/> units.</summary>
    public void Allocate(long size)
    {
        _allocated += size;
        if (size > _limits.Output || _allocated > _limits.Allocated)
        {
            throw Fault.Limit(size > _limits.Output ? $"a value of more than {_limits.Output} characters or items" : $"more than {_limits.Allocated} characters and items in all");
        }
    }

    /// <summary>Stops a text that grows piece by piece.</summary>
    public void CheckSize(int length)
    {
        if (length > _limits.Output)
        {
            throw Fault.Limit($"a value of more than {_limits.Output} characters or items");
        }
    }

    public string Made(string text)
    {
        Allocate(text.Length);
        return text;
    }

    public OutputText Capture() => new(this, _limits.Output);

    /// <summary>Counts a call inside others until it is disposed of.</summary>
    public CallLevel EnterCall()
    {
        EnsureStack();
        if (++_calls > _limits.Calls)
        {
            throw Fault.Limit($"more than {_limits.Calls} calls inside each other");
        }

        return new CallLevel(this);
    }

    public static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault.Limit("values or expressions nested too deeply");
        }
    }

    internal readonly struct CallLevel(Interpreter interpreter) : IDisposable
    {
        public void Dispose() => interpreter._calls--;
    }
}
