namespace Numina.Cuda.Text.Chat;

/// <summary>What went wrong; the names are those of the Python exceptions that transformers lets through.</summary>
public enum ChatTemplateError
{
    /// <summary>The template called raise_exception: the message is the template author's, unchanged.</summary>
    Raised,
    Syntax,
    Assertion,
    Runtime,
    Undefined,
    Security,
    Type,
    Value,
    Key,
    Index,
    ZeroDivision,
    Overflow,

    /// <summary>A limit of <see cref="ChatTemplateLimits"/> was reached.</summary>
    Limit,
}

/// <summary>
/// A chat template can't be parsed or rendered. <see cref="Exception.Message"/> is one line with the position in the template, or the author's own words when
/// the template raised the error itself.
/// </summary>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(ChatTemplateError kind, string reason)
    {
        Kind = kind;
        Reason = reason;
    }

    public ChatTemplateError Kind { get; }

    /// <summary>What went wrong, without the position.</summary>
    public string Reason { get; }

    /// <summary>Line in the template, from 1; 0 when the fault lies in the request.</summary>
    public int Line { get; private set; }

    /// <summary>Column in code points, from 1.</summary>
    public int Column { get; private set; }

    public override string Message => Kind == ChatTemplateError.Raised || Line == 0 ? Reason : $"chat template, line {Line}, column {Column}: {Reason}";

    internal void Locate(int line, int column)
    {
        Line = line;
        Column = column;
    }
}
