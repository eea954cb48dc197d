using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Values to JSON as Python's json.dumps writes it, and back.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private readonly Interpreter _interpreter;
    private readonly bool _ascii;
    private readonly bool _sorted;
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;

    private JsonText(Interpreter interpreter, bool ascii, object? indent, object? separators, bool sorted)
    {
        _interpreter = interpreter;
        _ascii = ascii;
        _sorted = sorted;
        int width = indent is bool or BigInteger ? Math.Max(0, Arithmetic.ToInt32(indent, "indent")) : 0;
        interpreter.Allocate(width);
        _indent = indent == null ? null : Equality.TextOf(indent) ?? new string(' ', width);
        (_itemSeparator, _keySeparator) = (_indent == null ? ", " : ",", ": ");
        if (separators != null)
        {
            List<object?> pair = Iteration.ToList(separators, interpreter);
            (_itemSeparator, _keySeparator) = pair.Count == 2 ? (TextMethods.Text(pair[0]), TextMethods.Text(pair[1])) : throw Fault.Value("separators must be a pair");
        }
    }

    public static string Write(object? value, Interpreter interpreter, bool ascii = false, object? indent = null, object? separators = null, bool sorted = false)
    {
        JsonText writer = new(interpreter, ascii, indent, separators, sorted);
        writer.Append(value, 1);
        return writer._text.ToString();
    }

    /// <summary>A JSON document's value: numbers without a point or exponent are integers, the last of equal keys counts.</summary>
    public static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                PyDict dict = new();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    dict.Set(property.Name, Read(property.Value));
                }

                return dict;
            case JsonValueKind.Array:
                return new PyList([.. element.EnumerateArray().Select(Read)]);
            case JsonValueKind.String:
                return ReadText(element);
            case JsonValueKind.Number:
                string digits = element.GetRawText();
                return digits.AsSpan().ContainsAny(".eE") ? element.GetDouble() : BigInteger.Parse(digits, CultureInfo.InvariantCulture);
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }

    private static string? ReadText(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Fault.Value($"a string with half a surrogate pair: {element.GetRawText()}");
        }
    }

    /// <summary>Python's ascii(): what is not ASCII as \x, \u or \U escapes.</summary>
    public static string EscapeNonAscii(string text) => string.Concat(CodePoints.Characters(text).Select(character => CodePoints.CodePointAt(character, 0) switch
    {
        < 0x80 => character,
        int point and <= 0xFF => "\\x" + point.ToString("x2", CultureInfo.InvariantCulture),
        int point and <= 0xFFFF => "\\u" + point.ToString("x4", CultureInfo.InvariantCulture),
        int point => "\\U" + point.ToString("x8", CultureInfo.InvariantCulture),
    }));

    private void Append(object? value, int depth)
    {
        Interpreter.EnsureStack();
        _interpreter.Step();
        int before = _text.Length;
        switch (value)
        {
            case string or Markup:
                AppendText(Equality.TextOf(value)!);
                break;
            case PySequence sequence:
                AppendItems('[', ']', sequence.Items, depth, item => Append(item, depth + 1));
                break;
            case PyDict dict:
                List<KeyValuePair<object?, object?>> items = _sorted ? StableSort.Sort(dict.Items, item => item.Key, descending: false, _interpreter) : [.. dict.Items];
                AppendItems('{', '}', items, depth, item => AppendPair(item.Key, item.Value, depth));
                break;
            default:
                _text.Append(OfScalar(value));
                break;
        }

        _interpreter.Allocate(value is PySequence or PyDict ? 0 : _text.Length - before);
        _interpreter.CheckSize(_text.Length);
    }

    private static string OfScalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        double.NaN => "NaN",
        BigInteger or double => Representation.OfScalar(value),
        _ => throw Fault.Type($"Object of type {TypeNames.Of(value)} is not JSON serializable"),
    };

    private void AppendPair(object? key, object? value, int depth)
    {
        AppendText(key is string or Markup ? Equality.TextOf(key)! : key is null or bool or BigInteger or double
            ? OfScalar(key)
            : throw Fault.Type($"keys must be str, int, float, bool or None, not {TypeNames.Of(key)}"));
        _text.Append(_keySeparator);
        Append(value, depth + 1);
    }

    private void AppendItems<T>(char open, char close, IReadOnlyList<T> items, int depth, Action<T> append)
    {
        _text.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            _text.Append(i == 0 ? "" : _itemSeparator);
            AppendLine(depth);
            append(items[i]);
        }

        if (items.Count > 0)
        {
            AppendLine(depth - 1);
        }

        _text.Append(close);
    }

    private void AppendLine(int depth)
    {
        if (_indent != null)
        {
            _interpreter.Allocate((long)_indent.Length * depth);
            _text.Append('\n').Insert(_text.Length, _indent, depth);
        }
    }

    private void AppendText(string text)
    {
        _text.Append('"');
        foreach (char unit in text)
        {
            switch (unit)
            {
                case '"' or '\\':
                    _text.Append('\\').Append(unit);
                    break;
                case '\b' or '\f' or '\n' or '\r' or '\t':
                    _text.Append('\\').Append("btn\0fr"[unit - '\b']);
                    break;
                case < ' ':
                case > '~' when _ascii:
                    _text.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    _text.Append(unit);
                    break;
            }
        }

        _text.Append('"');
    }
}
