namespace Numina.Cuda.Text.Chat.Jinja;

internal enum TokenKind
{
    Data,
    BlockBegin,
    BlockEnd,
    VariableBegin,
    VariableEnd,
    Name,
    Text,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Kind">Its class.</param>
/// <param name="Text">The data, name, operator, or string after its escapes are resolved.</param>
/// <param name="Number">The value of an Integer or Float.</param>
/// <param name="At">Offset in <see cref="SourceText.Text"/>.</param>
internal readonly record struct Token(TokenKind Kind, string Text, object? Number, int At)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;

    /// <summary>What an error message calls it.</summary>
    public string Description => Kind is TokenKind.Name or TokenKind.Operator ? Text : Describe(Kind);

    public static string Describe(TokenKind kind) => kind switch
    {
        TokenKind.Data => "template data / text",
        TokenKind.BlockBegin => "begin of statement block",
        TokenKind.BlockEnd => "end of statement block",
        TokenKind.VariableBegin => "begin of print statement",
        TokenKind.VariableEnd => "end of print statement",
        TokenKind.Name => "name",
        TokenKind.Text => "string",
        TokenKind.Integer => "integer",
        TokenKind.Float => "float",
        TokenKind.Operator => "operator",
        _ => "end of template",
    };
}
