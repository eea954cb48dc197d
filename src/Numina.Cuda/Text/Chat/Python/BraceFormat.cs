using System.Globalization;
using System.Numerics;
using System.Text;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's str.format: replacement fields in braces, with attributes and items reached as in templates.</summary>
internal sealed class BraceFormat
{
    private const int FieldNesting = 2;

    private readonly PyTuple _positional;
    private readonly PyDict _named;
    private readonly Interpreter _interpreter;
    private int _automatic;
    private bool _manual;

    private BraceFormat(PyTuple positional, PyDict named, Interpreter interpreter)
    {
        _positional = positional;
        _named = named;
        _interpreter = interpreter;
    }

    public static string Format(string format, PyTuple positional, PyDict named, Interpreter interpreter) =>
        interpreter.Made(new BraceFormat(positional, named, interpreter).Expand(format, FieldNesting));

    private string Expand(string format, int nesting)
    {
        if (nesting == 0)
        {
            throw Fault.Value("Max string recursion exceeded");
        }

        StringBuilder text = new();
        for (int at = 0; at < format.Length; at++)
        {
            char unit = format[at];
            bool doubled = at + 1 < format.Length && format[at + 1] == unit;
            if (unit is not ('{' or '}') || doubled)
            {
                text.Append(unit);
                at += unit is '{' or '}' ? 1 : 0;
            }
            else if (unit == '}')
            {
                throw Fault.Value("Single '}' encountered in format string");
            }
            else
            {
                int end = FieldEnd(format, at + 1);
                _interpreter.Step();
                text.Append(Field(format[(at + 1)..end], nesting));
                at = end;
            }
        }

        return text.ToString();
    }

    private static int FieldEnd(string format, int start)
    {
        int depth = 1;
        for (int at = start; at < format.Length; at++)
        {
            depth += format[at] == '{' ? 1 : format[at] == '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        throw Fault.Value(start == format.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
    }

    private string Field(string field, int nesting)
    {
        int nameEnd = NameEnd(field);
        string rest = field[nameEnd..];
        object? value = Lookup(field[..nameEnd]);
        if (rest.StartsWith('!'))
        {
            value = rest.Length < 2 ? throw Fault.Value("end of string while looking for conversion specifier") : rest[1] switch
            {
                's' => Representation.Str(value, _interpreter),
                'r' => Representation.Repr(value, _interpreter),
                'a' => JsonText.EscapeNonAscii(Representation.Repr(value, _interpreter)),
                _ => throw Fault.Value($"Unknown conversion specifier {rest[1]}"),
            };
            rest = rest.Length == 2 || rest[2] == ':' ? rest[2..] : throw Fault.Value("expected ':' after conversion specifier");
        }

        string specification = rest.Length > 0 ? Expand(rest[1..], nesting - 1) : "";
        return FormatSpecification.Apply(value, specification, _interpreter);
    }

    private static int NameEnd(string field)
    {
        bool inItem = false;
        for (int at = 0; at < field.Length; at++)
        {
            inItem = field[at] == '[' || (inItem && field[at] != ']');
            if (!inItem && field[at] is '!' or ':')
            {
                return at;
            }
        }

        return field.Length;
    }

    private object? Lookup(string name)
    {
        int end = name.AsSpan().IndexOfAny('.', '[') is var found and >= 0 ? found : name.Length;
        object? value = First(name[..end]);
        for (int at = end; at < name.Length;)
        {
            if (name[at] == '.')
            {
                int next = name.AsSpan(at + 1).IndexOfAny('.', '[') is var stop and >= 0 ? at + 1 + stop : name.Length;
                value = Access.Attribute(value, name[(at + 1)..next], _interpreter);
                at = next;
            }
            else
            {
                int close = name.IndexOf(']', at);
                string item = close > at + 1 ? name[(at + 1)..close] : throw Fault.Value("Empty attribute in format string");
                bool isIndex = item.All(char.IsAsciiDigit);
                value = Access.Item(value, isIndex ? BigInteger.Parse(item, CultureInfo.InvariantCulture) : item, _interpreter);
                at = close + 1;
            }
        }

        return value;
    }

    private object? First(string name)
    {
        if (name.Length > 0 && !name.All(char.IsAsciiDigit))
        {
            return _named.TryGet(name, out object? named) ? named : throw new ChatTemplateException(ChatTemplateError.Key, Representation.OfText(name));
        }

        if (name.Length == 0 ? _manual : _automatic > 0)
        {
            throw Fault.Value("cannot mix manual field specification and automatic field numbering");
        }

        _manual |= name.Length > 0;
        int index = name.Length == 0 ? _automatic++ : int.TryParse(name, CultureInfo.InvariantCulture, out int given) ? given : int.MaxValue;
        return index < _positional.Items.Count
            ? _positional.Items[index]
            : throw new ChatTemplateException(ChatTemplateError.Index, $"Replacement index {index} out of range for positional args tuple");
    }
}
