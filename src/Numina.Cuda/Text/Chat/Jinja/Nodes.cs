namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>A part of a parsed template; <paramref name="At"/> is its offset in the source.</summary>
internal abstract record Node(int At);

internal abstract record Expression(int At) : Node(At);

internal sealed record Literal(int At, object? Value) : Expression(At);

internal sealed record Name(int At, string Id) : Expression(At);

/// <summary>The target <c>name.attribute</c> of a set statement.</summary>
internal sealed record NamespaceTarget(int At, string Id, string Attribute) : Expression(At);

internal sealed record TupleDisplay(int At, IReadOnlyList<Expression> Items) : Expression(At);

internal sealed record ListDisplay(int At, IReadOnlyList<Expression> Items) : Expression(At);

internal sealed record DictDisplay(int At, IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression(At);

internal sealed record AttributeAccess(int At, Expression Target, string Attribute) : Expression(At);

internal sealed record ItemAccess(int At, Expression Target, Expression Index) : Expression(At);

internal sealed record SliceIndex(int At, Expression? Start, Expression? Stop, Expression? Step) : Expression(At);

internal sealed record Call(int At, Expression Target, CallArguments Arguments) : Expression(At);

/// <param name="At">Where it stands.</param>
/// <param name="Target">What is filtered; null where the body of a block is.</param>
/// <param name="Filter">The filter's name.</param>
/// <param name="Arguments">Arguments after the filtered value.</param>
internal sealed record FilterCall(int At, Expression? Target, string Filter, CallArguments Arguments) : Expression(At);

internal sealed record TestCall(int At, Expression Target, string Test, CallArguments Arguments) : Expression(At);

internal sealed record Unary(int At, char Symbol, Expression Operand) : Expression(At);

internal sealed record Binary(int At, string Symbol, Expression Left, Expression Right) : Expression(At);

internal sealed record Not(int At, Expression Operand) : Expression(At);

internal sealed record Logical(int At, bool IsAnd, Expression Left, Expression Right) : Expression(At);

internal sealed record Concatenation(int At, IReadOnlyList<Expression> Parts) : Expression(At);

internal sealed record Comparison(int At, Expression First, IReadOnlyList<(string Symbol, Expression Operand)> Rest) : Expression(At);

internal sealed record Conditional(int At, Expression Test, Expression Then, Expression? Otherwise) : Expression(At);

internal sealed record CallArguments(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Unpacked, Expression? UnpackedNamed)
{
    public static CallArguments None { get; } = new([], [], null, null);
}

internal abstract record Statement(int At) : Node(At);

internal sealed record Data(int At, string Text) : Statement(At);

internal sealed record Print(int At, Expression Value) : Statement(At);

internal sealed record If(int At, IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Otherwise) : Statement(At);

internal sealed record For(
    int At, Expression Target, Expression Items, Expression? Test, bool Recursive, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Otherwise) : Statement(At);

internal sealed record Break(int At) : Statement(At);

internal sealed record Continue(int At) : Statement(At);

internal sealed record Set(int At, Expression Target, Expression Value) : Statement(At);

internal sealed record SetBlock(int At, Expression Target, FilterCall? Filter, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record With(int At, IReadOnlyList<(Expression Target, Expression Value)> Variables, IReadOnlyList<Statement> Body) : Statement(At);

/// <summary>Statements whose variables don't leak out: generation and autoescape false.</summary>
internal sealed record Scoped(int At, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record FilterBlock(int At, FilterCall Filter, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record MacroDefinition(int At, string Id, MacroSignature Signature, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record CallBlock(int At, Call Call, MacroSignature Signature, IReadOnlyList<Statement> Body) : Statement(At);

internal sealed record Block(int At, string Id, bool Scoped, bool Required, IReadOnlyList<Statement> Body) : Statement(At);

/// <param name="Parameters">Their names and, from the first that has one on, their defaults.</param>
/// <param name="UsesCaller">The body reads <c>caller</c>, so a call may pass one.</param>
/// <param name="UsesVarargs">The body reads <c>varargs</c>.</param>
/// <param name="UsesKwargs">The body reads <c>kwargs</c>.</param>
internal sealed record MacroSignature(IReadOnlyList<(string Id, Expression? Default)> Parameters, bool UsesCaller, bool UsesVarargs, bool UsesKwargs);

/// <summary>A parsed template: its statements, its blocks by name, and its source for positions.</summary>
internal sealed record TemplateProgram(SourceText Source, IReadOnlyList<Statement> Body, IReadOnlyDictionary<string, Block> Blocks);
