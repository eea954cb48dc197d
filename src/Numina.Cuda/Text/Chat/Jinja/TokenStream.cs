namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>The tokens of a template with one token of lookahead.</summary>
internal sealed class TokenStream(SourceText source, List<Token> tokens)
{
    private int _next;

    public Token Current => tokens[_next];

    public Token Following => tokens[Math.Min(_next + 1, tokens.Count - 1)];

    /// <summary>Goes one token on and returns the one left behind.</summary>
    public Token Take()
    {
        Token taken = tokens[_next];
        _next = Math.Min(_next + 1, tokens.Count - 1);
        return taken;
    }

    public bool TakeIfName(string name) => TakeIf(Current.IsName(name));

    public bool TakeIfOperator(string symbol) => TakeIf(Current.IsOperator(symbol));

    public Token Expect(TokenKind kind) => Current.Kind == kind ? Take() : throw Unexpected(Token.Describe(kind));

    public Token ExpectName(string name) => Current.IsName(name) ? Take() : throw Unexpected(name);

    public Token ExpectOperator(string symbol) => Current.IsOperator(symbol) ? Take() : throw Unexpected(symbol);

    public ChatTemplateException Fail(string reason) => Fail(reason, Current.At);

    public ChatTemplateException Fail(string reason, int at) => source.SyntaxFault(at, reason);

    public ChatTemplateException FailAssertion(string reason, int at) => source.Locate(Fault.Assertion(reason), at);

    public ChatTemplateException FailLimit(string reason) => source.Locate(Fault.Limit(reason), Current.At);

    private bool TakeIf(bool matches)
    {
        if (matches)
        {
            Take();
        }

        return matches;
    }

    private ChatTemplateException Unexpected(string expected) => Fail(
        Current.Kind == TokenKind.End
            ? $"unexpected end of template, expected '{expected}'."
            : $"expected token '{expected}', got '{Current.Description}'");
}
