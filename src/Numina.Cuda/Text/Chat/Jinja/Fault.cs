using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Makes the exceptions of template code; the evaluator adds the position.</summary>
internal static class Fault
{
    public static ChatTemplateException Syntax(string reason) => new(ChatTemplateError.Syntax, reason);

    public static ChatTemplateException Assertion(string reason) => new(ChatTemplateError.Assertion, reason);

    public static ChatTemplateException Runtime(string reason) => new(ChatTemplateError.Runtime, reason);

    public static ChatTemplateException Security(string reason) => new(ChatTemplateError.Security, reason);

    public static ChatTemplateException Type(string reason) => new(ChatTemplateError.Type, reason);

    public static ChatTemplateException Value(string reason) => new(ChatTemplateError.Value, reason);

    public static ChatTemplateException Overflow(string reason) => new(ChatTemplateError.Overflow, reason);

    public static ChatTemplateException Limit(string reason) => new(ChatTemplateError.Limit, reason);

    public static ChatTemplateException ZeroDivision(string reason) => new(ChatTemplateError.ZeroDivision, reason);

    public static ChatTemplateException Undefined(Undefined value) => new(value.Kind, value.Reason);

    public static ChatTemplateException Operands(string symbol, object? left, object? right) =>
        Type($"unsupported operand type(s) for {symbol}: '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
}
