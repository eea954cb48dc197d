using System.Collections.Frozen;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Reads one block tag, and its body where it has one; the tag's name is already taken.</summary>
internal sealed class StatementParser(Parser parser, TokenStream stream, ParserContext context, ExpressionParser expressions)
{
    public static FrozenSet<string> Tags { get; } = FrozenSet.Create(
        "for", "if", "set", "macro", "call", "filter", "with", "block", "print", "autoescape", "generation", "break", "continue", "include", "import", "from", "extends");

    public IEnumerable<Statement> Parse(Token tag) => tag.Text switch
    {
        "for" => [ParseFor(tag.At)],
        "if" => [ParseIf(tag.At)],
        "set" => [ParseSet(tag.At)],
        "macro" => [ParseMacro(tag.At)],
        "call" => [ParseCall(tag.At)],
        "filter" => [ParseFilter(tag.At)],
        "with" => [ParseWith(tag.At)],
        "block" => [ParseBlock(tag.At)],
        "print" => ParsePrint(tag.At),
        "autoescape" => [ParseAutoescape(tag.At)],
        "generation" => [new Scoped(tag.At, OutsideLoops(() => parser.ParseClosedBody("endgeneration")))],
        "break" or "continue" => [ParseJump(tag)],
        _ => throw stream.Fail($"'{tag.Text}' is not supported: a chat template stands alone", tag.At),
    };

    private For ParseFor(int at)
    {
        context.Loops++;
        Expression target = ParseTarget("in");
        context.Loops--;
        stream.ExpectName("in");
        Expression items = expressions.ParseTuple(withConditional: false, end: "recursive");
        return context.Strict(() =>
        {
            Expression? test = stream.TakeIfName("if") ? expressions.Parse() : null;
            bool recursive = stream.TakeIfName("recursive");
            context.Loops++;
            IReadOnlyList<Statement> body = parser.ParseBody("endfor", "else");
            context.Loops--;
            IReadOnlyList<Statement> otherwise = stream.Take().Text == "else" ? parser.ParseClosedBody("endfor") : [];
            return new For(at, target, items, test, recursive, body, otherwise);
        });
    }

    private If ParseIf(int at)
    {
        int unknown = context.UnknownCount;
        List<(Expression, IReadOnlyList<Statement>)> branches = [];
        IReadOnlyList<Statement> otherwise = [];
        string next;
        do
        {
            Expression test = expressions.ParseTuple(withConditional: false);
            branches.Add((test, parser.ParseBody("elif", "else", "endif")));
            next = stream.Take().Text;
        }
        while (next == "elif");
        if (next == "else")
        {
            otherwise = parser.ParseClosedBody("endif");
        }

        context.ForgetUnknown(unknown);
        return new If(at, branches, otherwise);
    }

    private Statement ParseSet(int at)
    {
        Expression target = ParseTarget(end: null, withNamespace: true);
        if (stream.TakeIfOperator("="))
        {
            return new Set(at, target, expressions.ParseTuple());
        }

        FilterCall? filter = ParseFilters();
        return new SetBlock(at, target, filter, context.Strict(() => parser.ParseClosedBody("endset")));
    }

    private FilterCall? ParseFilters()
    {
        FilterCall? filter = null;
        while (stream.TakeIfOperator("|"))
        {
            filter = new PostfixParser(stream, context, expressions).ParseFilter(filter);
        }

        return filter;
    }

    private MacroDefinition ParseMacro(int at)
    {
        string name = stream.Expect(TokenKind.Name).Text;
        (MacroSignature signature, IReadOnlyList<Statement> body) = ParseMacroBody(at, ParseParameters(), "endmacro");
        return new MacroDefinition(at, name, signature, body);
    }

    private CallBlock ParseCall(int at)
    {
        List<(string, Expression?)> parameters = stream.Current.IsOperator("(") ? ParseParameters() : [];
        Call call = expressions.Parse() as Call ?? throw stream.Fail("expected call", at);
        (MacroSignature signature, IReadOnlyList<Statement> body) = ParseMacroBody(at, parameters, "endcall");
        return new CallBlock(at, call, signature, body);
    }

    private (MacroSignature Signature, IReadOnlyList<Statement> Body) ParseMacroBody(int at, List<(string Id, Expression? Default)> parameters, string end)
    {
        context.BeginMacro();
        IReadOnlyList<Statement> body = OutsideLoops(() => parser.ParseClosedBody(end));
        HashSet<string> reads = context.EndMacro();
        (string Id, Expression? Default) caller = parameters.Find(parameter => parameter.Id == "caller");
        if (caller is { Id: not null, Default: null } && reads.Contains("caller"))
        {
            throw stream.FailAssertion(
                "When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.", at);
        }

        bool Implicit(string name) => reads.Contains(name) && parameters.TrueForAll(parameter => parameter.Id != name);
        return (new MacroSignature(parameters, reads.Contains("caller"), Implicit("varargs"), Implicit("kwargs")), body);
    }

    private List<(string Id, Expression? Default)> ParseParameters()
    {
        List<(string Id, Expression? Default)> parameters = [];
        stream.ExpectOperator("(");
        while (!stream.Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            string name = stream.Expect(TokenKind.Name).Text;
            Expression? value = stream.TakeIfOperator("=") ? expressions.Parse() : null;
            if (value == null && parameters.Count > 0 && parameters[^1].Default != null)
            {
                throw stream.Fail("non-default argument follows default argument");
            }

            parameters.Add((name, value));
        }

        stream.ExpectOperator(")");
        return parameters;
    }

    private FilterBlock ParseFilter(int at)
    {
        PostfixParser postfix = new(stream, context, expressions);
        FilterCall filter = postfix.ParseFilter(null);
        while (stream.TakeIfOperator("|"))
        {
            filter = postfix.ParseFilter(filter);
        }

        return new FilterBlock(at, filter, context.Strict(() => parser.ParseClosedBody("endfilter")));
    }

    private With ParseWith(int at)
    {
        List<(Expression, Expression)> variables = [];
        while (stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            Expression target = ParseTarget(end: null);
            stream.ExpectOperator("=");
            variables.Add((target, expressions.Parse()));
        }

        return new With(at, variables, context.Strict(() => parser.ParseClosedBody("endwith")));
    }

    private Block ParseBlock(int at)
    {
        string name = stream.Expect(TokenKind.Name).Text;
        bool scoped = stream.TakeIfName("scoped");
        bool required = stream.TakeIfName("required");
        Block block = new(at, name, scoped, required, OutsideLoops(() => parser.ParseClosedBody("endblock")));
        stream.TakeIfName(name);
        return parser.Blocks.TryAdd(name, block) ? block : throw stream.FailAssertion($"block '{name}' defined twice", at);
    }

    private List<Statement> ParsePrint(int at)
    {
        List<Statement> prints = [];
        while (stream.Current.Kind != TokenKind.BlockEnd)
        {
            if (prints.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            prints.Add(new Print(at, expressions.Parse()));
        }

        return prints;
    }

    private Scoped ParseAutoescape(int at) => expressions.Parse() is Literal { Value: false }
        ? new Scoped(at, context.Strict(() => parser.ParseClosedBody("endautoescape")))
        : throw stream.Fail("'autoescape' is supported with false only: a chat template renders plain text", at);

    private Statement ParseJump(Token tag)
    {
        if (context.Loops == 0)
        {
            throw stream.Fail($"'{tag.Text}' outside loop", tag.At);
        }

        return tag.Text == "break" ? new Break(tag.At) : new Continue(tag.At);
    }

    /// <summary>Parses a body that a jump can't leave, because it runs as a function of its own.</summary>
    private IReadOnlyList<Statement> OutsideLoops(Func<IReadOnlyList<Statement>> parse)
    {
        int around = context.Loops;
        context.Loops = 0;
        IReadOnlyList<Statement> body = context.Strict(parse);
        context.Loops = around;
        return body;
    }

    private Expression ParseTarget(string? end, bool withNamespace = false)
    {
        Expression target = expressions.ParseTuple(() => ParseSimpleTarget(withNamespace), end, parenthesised: false);
        return CheckTarget(target);
    }

    private Expression ParseSimpleTarget(bool withNamespace)
    {
        Token token = stream.Current;
        if (!withNamespace || token.Kind != TokenKind.Name || !stream.Following.IsOperator("."))
        {
            return expressions.ParsePrimary();
        }

        stream.Take();
        stream.Take();
        return new NamespaceTarget(token.At, token.Text, stream.Expect(TokenKind.Name).Text);
    }

    private Expression CheckTarget(Expression target)
    {
        switch (target)
        {
            case Name { Id: "loop" } when context.Loops > 0:
                throw stream.FailAssertion("Can't assign to special loop variable in for-loop target", target.At);
            case Name or NamespaceTarget:
                return target;
            case TupleDisplay tuple:
                foreach (Expression item in tuple.Items)
                {
                    CheckTarget(item);
                }

                return target;
            default:
                throw stream.Fail($"can't assign to '{(target is Literal ? "const" : target.GetType().Name)}'", target.At);
        }
    }
}
