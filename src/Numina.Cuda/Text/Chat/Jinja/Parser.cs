namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Reads the statements of a template; expressions are <see cref="ExpressionParser"/>'s.</summary>
internal sealed class Parser
{
    private readonly TokenStream _stream;
    private readonly ParserContext _context;
    private readonly ExpressionParser _expressions;
    private readonly StatementParser _tags;
    private readonly Stack<string> _openTags = new();
    private readonly Stack<string[]> _awaited = new();

    private Parser(SourceText source, int nestingLimit)
    {
        _stream = new TokenStream(source, Lexer.Tokenize(source));
        _context = new ParserContext(nestingLimit);
        _expressions = new ExpressionParser(_stream, _context);
        _tags = new StatementParser(this, _stream, _context, _expressions);
    }

    public Dictionary<string, Block> Blocks { get; } = [];

    public static TemplateProgram Parse(string template, int nestingLimit)
    {
        SourceText source = new(template);
        Parser parser = new(source, nestingLimit);
        IReadOnlyList<Statement> body = parser._context.Strict(() => parser.ParseUntil());
        return new TemplateProgram(source, body, parser.Blocks);
    }

    /// <summary>The statements after a tag, up to one of <paramref name="ends"/>, whose name is then the current token.</summary>
    public IReadOnlyList<Statement> ParseBody(params string[] ends)
    {
        _stream.TakeIfOperator(":");
        _stream.Expect(TokenKind.BlockEnd);
        IReadOnlyList<Statement> body = ParseUntil(ends);
        if (_stream.Current.Kind == TokenKind.End)
        {
            _awaited.Push(ends);
            throw Lost(null);
        }

        return body;
    }

    /// <summary>The same, with the end tag's name taken.</summary>
    public IReadOnlyList<Statement> ParseClosedBody(string end)
    {
        IReadOnlyList<Statement> body = ParseBody(end);
        _stream.Take();
        return body;
    }

    private List<Statement> ParseUntil(params string[] ends)
    {
        using ParserContext.Level _ = _context.Enter(_stream);
        List<Statement> body = [];
        if (ends.Length > 0)
        {
            _awaited.Push(ends);
        }

        while (_stream.Current.Kind != TokenKind.End)
        {
            Token token = _stream.Take();
            if (token.Kind == TokenKind.Data)
            {
                body.Add(new Data(token.At, token.Text));
            }
            else if (token.Kind == TokenKind.VariableBegin)
            {
                body.Add(new Print(token.At, _expressions.ParseTuple()));
                _stream.Expect(TokenKind.VariableEnd);
            }
            else if (_stream.Current.Kind == TokenKind.Name && ends.Contains(_stream.Current.Text))
            {
                break;
            }
            else
            {
                body.AddRange(ParseTag());
                _stream.Expect(TokenKind.BlockEnd);
            }
        }

        if (ends.Length > 0)
        {
            _awaited.Pop();
        }

        return body;
    }

    private IEnumerable<Statement> ParseTag()
    {
        Token tag = _stream.Current;
        if (tag.Kind != TokenKind.Name)
        {
            throw _stream.Fail("tag name expected");
        }

        if (!StatementParser.Tags.Contains(tag.Text))
        {
            throw Lost(tag.Text);
        }

        _openTags.Push(tag.Text);
        _stream.Take();
        IEnumerable<Statement> statements = _tags.Parse(tag);
        _openTags.Pop();
        return statements;
    }

    /// <summary>The error for an unknown tag, or for the end of the template when <paramref name="tag"/> is null.</summary>
    private ChatTemplateException Lost(string? tag)
    {
        List<string> sentences = [tag == null ? "Unexpected end of template." : $"Encountered unknown tag '{tag}'."];
        if (_awaited.TryPeek(out string[]? ends))
        {
            string looking = string.Join(" or ", ends.Select(end => $"'{end}'"));
            bool nesting = tag != null && _awaited.Any(names => names.Contains(tag));
            sentences.Add(nesting
                ? $"You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {looking}."
                : $"Jinja was looking for the following tags: {looking}.");
        }

        if (_openTags.TryPeek(out string? open))
        {
            sentences.Add($"The innermost block that needs to be closed is '{open}'.");
        }

        return _stream.Fail(string.Join(' ', sentences));
    }
}
