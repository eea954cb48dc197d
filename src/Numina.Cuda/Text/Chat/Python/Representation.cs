using System.Globalization;
using System.Numerics;
using System.Text;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's str and repr of a value.</summary>
internal static class Representation
{
    /// <summary>What printing a value writes.</summary>
    public static string Str(object? value, Interpreter interpreter) => value switch
    {
        string text => text,
        Markup markup => markup.Text,
        Undefined => "",
        null or bool or BigInteger or double => OfScalar(value),
        _ => Repr(value, interpreter),
    };

    public static string Repr(object? value, Interpreter interpreter)
    {
        StringBuilder text = new();
        Write(value, text, interpreter);
        return interpreter.Made(text.ToString());
    }

    public static string OfScalar(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        BigInteger integer => IntegerText.Decimal(integer),
        double number => FloatText.Shortest(number),
        _ => throw new InvalidOperationException($"{value.GetType().Name} is no scalar"),
    };

    /// <summary>A string in quotes: single ones unless it has only single quotes inside.</summary>
    public static string OfText(string value)
    {
        StringBuilder text = new(value.Length + 2);
        char quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (string character in CodePoints.Characters(value))
        {
            int point = CodePoints.CodePointAt(character, 0);
            text.Append(point switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when point == quote => "\\" + quote,
                _ when CodePoints.IsPrintable(point) => character,
                <= 0xFF => "\\x" + point.ToString("x2", CultureInfo.InvariantCulture),
                <= 0xFFFF => "\\u" + point.ToString("x4", CultureInfo.InvariantCulture),
                _ => "\\U" + point.ToString("x8", CultureInfo.InvariantCulture),
            });
        }

        return text.Append(quote).ToString();
    }

    private static void Write(object? value, StringBuilder text, Interpreter interpreter)
    {
        Interpreter.EnsureStack();
        interpreter.Step();
        switch (value)
        {
            case null or bool or BigInteger or double:
                text.Append(OfScalar(value));
                break;
            case string plain:
                text.Append(OfText(interpreter.Made(plain)));
                break;
            case Markup markup:
                text.Append("Markup(").Append(OfText(interpreter.Made(markup.Text))).Append(')');
                break;
            case PyList list:
                WriteItems(list.Items, "[", "]", text, interpreter);
                break;
            case PyTuple tuple:
                WriteItems(tuple.Items, "(", tuple.Items.Count == 1 ? ",)" : ")", text, interpreter);
                break;
            case PyDict dict:
                WriteDict(dict, text, interpreter);
                break;
            case PyDictView view:
                WriteItems(view.Items, view.Kind + "([", "])", text, interpreter);
                break;
            default:
                text.Append(OfObject(value, interpreter));
                break;
        }
    }

    private static string OfObject(object value, Interpreter interpreter) => value switch
    {
        Undefined => "Undefined",
        Namespace space => $"<Namespace {Repr(space.Attributes, interpreter)}>",
        PyRange range => range.Step.IsOne ? $"range({range.Start}, {range.Stop})" : $"range({range.Start}, {range.Stop}, {range.Step})",
        Macro { Name: var name } => $"<Macro '{name}'>",
        LoopContext loop => Loop(loop),
        PyCallable callable => $"<function {callable.Name}>",
        PyIterator => "<generator object>",
        PySlice slice => $"slice({Repr(slice.Start, interpreter)}, {Repr(slice.Stop, interpreter)}, {Repr(slice.Step, interpreter)})",
        _ => $"<{TypeNames.Of(value)} object>",
    };

    private static string Loop(LoopContext loop)
    {
        loop.TryGetAttribute("index", out object? index);
        loop.TryGetAttribute("length", out object? length);
        return $"<LoopContext {index}/{length}>";
    }

    private static void WriteItems(IEnumerable<object?> items, string open, string close, StringBuilder text, Interpreter interpreter)
    {
        text.Append(open);
        bool first = true;
        foreach (object? item in items)
        {
            text.Append(first ? "" : ", ");
            Write(item, text, interpreter);
            first = false;
        }

        text.Append(close);
    }

    private static void WriteDict(PyDict dict, StringBuilder text, Interpreter interpreter)
    {
        text.Append('{');
        bool first = true;
        foreach ((object? key, object? item) in dict.Items)
        {
            text.Append(first ? "" : ", ");
            Write(key, text, interpreter);
            text.Append(": ");
            Write(item, text, interpreter);
            first = false;
        }

        text.Append('}');
    }
}
