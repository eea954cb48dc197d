namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Recursive descent over Jinja's expression grammar, one method a level, loosest binding first.</summary>
internal sealed class ExpressionParser(TokenStream stream, ParserContext context)
{
    public Expression Parse(bool withConditional = true)
    {
        using ParserContext.Level _ = context.Enter(stream);
        return withConditional ? ParseConditional() : ParseOr();
    }

    /// <summary>An expression, or a tuple when commas follow.</summary>
    /// <param name="withConditional">False where <c>if</c> begins something else.</param>
    /// <param name="end">A name that ends the tuple.</param>
    /// <param name="parenthesised">An empty tuple is allowed.</param>
    public Expression ParseTuple(bool withConditional = true, string? end = null, bool parenthesised = false) =>
        ParseTuple(() => Parse(withConditional), end, parenthesised);

    public Expression ParseTuple(Func<Expression> parseItem, string? end, bool parenthesised)
    {
        int at = stream.Current.At;
        List<Expression> items = [];
        bool isTuple = false;
        while (!EndsTuple(end))
        {
            items.Add(parseItem());
            if (!stream.TakeIfOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (isTuple || (items.Count == 0 && parenthesised))
        {
            return new TupleDisplay(at, items);
        }

        return items.Count == 1 ? items[0] : throw stream.Fail($"Expected an expression, got '{stream.Current.Description}'");
    }

    private bool EndsTuple(string? end) =>
        stream.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || stream.Current.IsOperator(")") || (end != null && stream.Current.IsName(end));

    private Expression ParseConditional()
    {
        int unknown = context.UnknownCount;
        Expression result = ParseOr();
        while (stream.Current.IsName("if"))
        {
            int at = stream.Take().At;
            Expression test = ParseOr();
            Expression? otherwise = stream.TakeIfName("else") ? Parse() : null;
            result = new Conditional(at, test, result, otherwise);
            context.ForgetUnknown(unknown);
        }

        return result;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (stream.Current.IsName("or"))
        {
            int at = stream.Take().At;
            left = new Logical(at, IsAnd: false, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (stream.Current.IsName("and"))
        {
            int at = stream.Take().At;
            left = new Logical(at, IsAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!stream.Current.IsName("not"))
        {
            return ParseComparison();
        }

        using ParserContext.Level _ = context.Enter(stream);
        int at = stream.Take().At;
        return new Not(at, ParseNot());
    }

    private Expression ParseComparison()
    {
        Expression first = ParseSum();
        int at = stream.Current.At;
        List<(string, Expression)> rest = [];
        while (TakeComparison() is { } symbol)
        {
            rest.Add((symbol, ParseSum()));
        }

        return rest.Count == 0 ? first : new Comparison(at, first, rest);
    }

    private string? TakeComparison()
    {
        Token token = stream.Current;
        if (token.Kind == TokenKind.Operator && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            return stream.Take().Text;
        }

        if (stream.TakeIfName("in"))
        {
            return "in";
        }

        if (token.IsName("not") && stream.Following.IsName("in"))
        {
            stream.Take();
            stream.Take();
            return "not in";
        }

        return null;
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation()
    {
        int at = stream.Current.At;
        List<Expression> parts = [ParseProduct()];
        while (stream.TakeIfOperator("~"))
        {
            parts.Add(ParseProduct());
        }

        return parts.Count == 1 ? parts[0] : new Concatenation(at, parts);
    }

    private Expression ParseProduct() => ParseBinary(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseBinary(() => ParseUnary(withFilters: true), "**");

    private Expression ParseBinary(Func<Expression> parseOperand, params ReadOnlySpan<string> symbols)
    {
        Expression left = parseOperand();
        while (stream.Current.Kind == TokenKind.Operator && symbols.Contains(stream.Current.Text))
        {
            Token symbol = stream.Take();
            left = new Binary(symbol.At, symbol.Text, left, parseOperand());
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Token token = stream.Current;
        Expression operand;
        if (token.IsOperator("-") || token.IsOperator("+"))
        {
            using ParserContext.Level _ = context.Enter(stream);
            stream.Take();
            operand = new Unary(token.At, token.Text[0], ParseUnary(withFilters: false));
        }
        else
        {
            operand = ParsePrimary();
        }

        PostfixParser postfix = new(stream, context, this);
        operand = postfix.ParseAccesses(operand);
        return withFilters ? postfix.ParseFiltersAndTests(operand) : operand;
    }

    public Expression ParsePrimary()
    {
        Token token = stream.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                stream.Take();
                return ParseName(token);
            case TokenKind.Integer or TokenKind.Float:
                stream.Take();
                return new Literal(token.At, token.Number);
            case TokenKind.Text:
                return ParseAdjacentStrings();
            case TokenKind.Operator when token.Text == "(":
                stream.Take();
                Expression inner = ParseTuple(parenthesised: true);
                stream.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                stream.Take();
                return new ListDisplay(token.At, ParseItems("]", () => Parse()));
            case TokenKind.Operator when token.Text == "{":
                stream.Take();
                return new DictDisplay(token.At, ParseItems("}", ParsePair));
            default:
                throw stream.Fail($"unexpected '{token.Description}'");
        }
    }

    private Expression ParseName(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True":
                return new Literal(token.At, true);
            case "false" or "False":
                return new Literal(token.At, false);
            case "none" or "None":
                return new Literal(token.At, null);
            default:
                context.Read(token.Text);
                return new Name(token.At, token.Text);
        }
    }

    private Literal ParseAdjacentStrings()
    {
        int at = stream.Current.At;
        List<string> parts = [];
        while (stream.Current.Kind == TokenKind.Text)
        {
            parts.Add(stream.Take().Text);
        }

        return new Literal(at, string.Concat(parts));
    }

    private (Expression Key, Expression Value) ParsePair()
    {
        Expression key = Parse();
        stream.ExpectOperator(":");
        return (key, Parse());
    }

    private List<T> ParseItems<T>(string close, Func<T> parseItem)
    {
        List<T> items = [];
        while (!stream.Current.IsOperator(close))
        {
            if (items.Count > 0)
            {
                stream.ExpectOperator(",");
                if (stream.Current.IsOperator(close))
                {
                    break;
                }
            }

            items.Add(parseItem());
        }

        stream.ExpectOperator(close);
        return items;
    }
}
