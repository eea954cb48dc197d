using System.Numerics;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>What can follow an operand: accesses, calls, filters and tests.</summary>
internal sealed class PostfixParser(TokenStream stream, ParserContext context, ExpressionParser expressions)
{
    public Expression ParseAccesses(Expression target)
    {
        while (true)
        {
            Token token = stream.Current;
            if (token.IsOperator("."))
            {
                target = ParseDot(target);
            }
            else if (token.IsOperator("["))
            {
                target = ParseSubscript(target);
            }
            else if (token.IsOperator("("))
            {
                target = ParseCall(target);
            }
            else
            {
                return target;
            }
        }
    }

    public Expression ParseFiltersAndTests(Expression target)
    {
        while (true)
        {
            if (stream.Current.IsOperator("|"))
            {
                stream.Take();
                target = ParseFilter(target);
            }
            else if (stream.Current.IsName("is"))
            {
                target = ParseTest(target);
            }
            else if (stream.Current.IsOperator("("))
            {
                target = ParseCall(target);
            }
            else
            {
                return target;
            }
        }
    }

    /// <summary>A filter's name and arguments; the bar before it is already taken.</summary>
    public FilterCall ParseFilter(Expression? target)
    {
        int at = stream.Current.At;
        string name = ParseDottedName();
        if (!Filters.Known.ContainsKey(name))
        {
            context.AddUnknown(stream.FailAssertion($"No filter named '{name}'.", at));
        }

        CallArguments arguments = stream.Current.IsOperator("(") ? ParseArguments() : CallArguments.None;
        return new FilterCall(at, target, name, arguments);
    }

    private Expression ParseTest(Expression target)
    {
        stream.Take();
        bool negated = stream.TakeIfName("not");
        int at = stream.Current.At;
        string name = ParseDottedName();
        if (!Tests.Known.ContainsKey(name))
        {
            context.AddUnknown(stream.FailAssertion($"No test named '{name}'.", at));
        }

        TestCall test = new(at, target, name, ParseTestArguments());
        return negated ? new Not(at, test) : test;
    }

    private CallArguments ParseTestArguments()
    {
        Token token = stream.Current;
        if (token.IsOperator("("))
        {
            return ParseArguments();
        }

        bool hasOperand = token.Kind is TokenKind.Name or TokenKind.Text or TokenKind.Integer or TokenKind.Float || token.IsOperator("[") || token.IsOperator("{");
        if (!hasOperand || token.IsName("else") || token.IsName("or") || token.IsName("and"))
        {
            return CallArguments.None;
        }

        if (token.IsName("is"))
        {
            throw stream.Fail("You cannot chain multiple tests with is");
        }

        return new CallArguments([ParseAccesses(expressions.ParsePrimary())], [], null, null);
    }

    private string ParseDottedName()
    {
        string name = stream.Expect(TokenKind.Name).Text;
        while (stream.TakeIfOperator("."))
        {
            name += "." + stream.Expect(TokenKind.Name).Text;
        }

        return name;
    }

    private Expression ParseDot(Expression target)
    {
        int at = stream.Take().At;
        Token attribute = stream.Take();
        return attribute.Kind switch
        {
            TokenKind.Name => new AttributeAccess(at, target, attribute.Text),
            TokenKind.Integer => new ItemAccess(at, target, new Literal(attribute.At, (BigInteger)attribute.Number!)),
            _ => throw stream.Fail("expected name or number", attribute.At),
        };
    }

    private ItemAccess ParseSubscript(Expression target)
    {
        int at = stream.Take().At;
        List<Expression> indexes = [];
        while (!stream.Current.IsOperator("]"))
        {
            if (indexes.Count > 0)
            {
                stream.ExpectOperator(",");
            }

            indexes.Add(ParseIndex());
        }

        stream.ExpectOperator("]");
        return new ItemAccess(at, target, indexes.Count == 1 ? indexes[0] : new TupleDisplay(at, indexes));
    }

    private Expression ParseIndex()
    {
        int at = stream.Current.At;
        Expression? start = stream.Current.IsOperator(":") ? null : expressions.Parse();
        if (start != null && !stream.Current.IsOperator(":"))
        {
            return start;
        }

        stream.ExpectOperator(":");
        Expression? stop = ParseBound();
        Expression? step = stream.TakeIfOperator(":") ? ParseBound() : null;
        return new SliceIndex(at, start, stop, step);
    }

    private Expression? ParseBound() => stream.Current is { Kind: TokenKind.Operator, Text: ":" or "]" or "," } ? null : expressions.Parse();

    public Call ParseCall(Expression target)
    {
        int at = stream.Current.At;
        return new Call(at, target, ParseArguments());
    }

    private CallArguments ParseArguments()
    {
        int at = stream.ExpectOperator("(").At;
        List<Expression> positional = [];
        List<(string, Expression)> named = [];
        Expression? unpacked = null;
        Expression? unpackedNamed = null;
        bool followed = false;
        while (!stream.Current.IsOperator(")"))
        {
            if (followed)
            {
                stream.ExpectOperator(",");
                if (stream.Current.IsOperator(")"))
                {
                    break;
                }
            }

            followed = true;
            if (unpackedNamed == null && unpacked == null && stream.TakeIfOperator("*"))
            {
                unpacked = expressions.Parse();
            }
            else if (unpackedNamed == null && stream.TakeIfOperator("**"))
            {
                unpackedNamed = expressions.Parse();
            }
            else if (unpackedNamed == null && stream.Current.Kind == TokenKind.Name && stream.Following.IsOperator("="))
            {
                named.Add((stream.Take().Text, ParseNamedValue()));
            }
            else
            {
                bool allowed = unpacked == null && unpackedNamed == null && named.Count == 0;
                positional.Add(allowed ? expressions.Parse() : throw stream.Fail("invalid syntax for function call expression", at));
            }
        }

        stream.ExpectOperator(")");
        return new CallArguments(positional, named, unpacked, unpackedNamed);
    }

    private Expression ParseNamedValue()
    {
        stream.ExpectOperator("=");
        return expressions.Parse();
    }
}
