using System.Globalization;
using System.Numerics;
using System.Text;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's <c>text % values</c>.</summary>
internal sealed class PercentFormat
{
    private readonly string _format;
    private readonly object? _values;
    private readonly Interpreter _interpreter;
    private readonly StringBuilder _text = new();
    private int _at;
    private int _used;

    private PercentFormat(string format, object? values, Interpreter interpreter)
    {
        _format = format;
        _values = values;
        _interpreter = interpreter;
    }

    public static string Format(string format, object? values, Interpreter interpreter)
    {
        PercentFormat formatter = new(format, values, interpreter);
        formatter.Run();
        return interpreter.Made(formatter._text.ToString());
    }

    private void Run()
    {
        while (_at < _format.Length)
        {
            int percent = _format.IndexOf('%', _at);
            int end = percent < 0 ? _format.Length : percent;
            _text.Append(_format, _at, end - _at);
            _at = end + 1;
            if (percent >= 0)
            {
                _interpreter.Step();
                Convert();
            }
        }

        bool unused = _values is PyTuple tuple ? _used < tuple.Items.Count : _used == 0 && _values is not (PyDict or PyList or PyRange);
        if (unused)
        {
            throw Fault.Type("not all arguments converted during string formatting");
        }
    }

    private void Convert()
    {
        object? named = Missing.Value;
        if (_at < _format.Length && _format[_at] == '(')
        {
            named = ReadNamed();
        }

        int flagsStart = _at;
        while (_at < _format.Length && "-+ #0".Contains(_format[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        string flags = _format[flagsStart.._at];
        int width = ReadNumber() ?? 0;
        if (width < 0)
        {
            flags += "-";
            width = -width;
        }

        int? precision = null;
        if (_at < _format.Length && _format[_at] == '.')
        {
            _at++;
            precision = Math.Max(0, ReadNumber() ?? 0);
        }

        while (_at < _format.Length && _format[_at] is 'l' or 'h' or 'L')
        {
            _at++;
        }

        char kind = _at < _format.Length ? _format[_at++] : throw Fault.Value("incomplete format");
        if (kind == '%')
        {
            _text.Append('%');
            return;
        }

        _interpreter.Allocate(Math.Max(width, precision ?? 0));
        Append(named is Missing ? Next() : named, kind, flags, width, precision);
    }

    private object? ReadNamed()
    {
        PyDict dict = _values as PyDict ?? throw Fault.Type("format requires a mapping");
        int depth = 1;
        int start = ++_at;
        for (; _at < _format.Length && depth > 0; _at++)
        {
            depth += _format[_at] == '(' ? 1 : _format[_at] == ')' ? -1 : 0;
        }

        if (depth > 0)
        {
            throw Fault.Value("incomplete format key");
        }

        _used++;
        string key = _format[start..(_at - 1)];
        return dict.TryGet(key, out object? value) ? value : throw new ChatTemplateException(ChatTemplateError.Key, Representation.OfText(key));
    }

    private int? ReadNumber()
    {
        if (_at < _format.Length && _format[_at] == '*')
        {
            _at++;
            return Arithmetic.ToInt32(Next(), "* in a format");
        }

        int start = _at;
        while (_at < _format.Length && char.IsAsciiDigit(_format[_at]))
        {
            _at++;
        }

        return start == _at ? null : int.TryParse(_format.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out int number) ? number : throw Fault.Value("width too big");
    }

    private object? Next()
    {
        if (_values is PyTuple tuple)
        {
            return _used < tuple.Items.Count ? tuple.Items[_used++] : throw Fault.Type("not enough arguments for format string");
        }

        return _used++ == 0 ? _values : throw Fault.Type("not enough arguments for format string");
    }

    private void Append(object? value, char kind, string flags, int width, int? precision)
    {
        string sign = "";
        string prefix = "";
        string body;
        switch (kind)
        {
            case 's' or 'r' or 'a':
                body = kind == 's' ? Representation.Str(value, _interpreter) : Representation.Repr(value, _interpreter);
                body = kind == 'a' ? JsonText.EscapeNonAscii(body) : body;
                body = precision is { } kept ? body[..CodePoints.Offset(body, kept)] : body;
                flags = flags.Replace("0", "", StringComparison.Ordinal);
                break;
            case 'c':
                body = Character(value);
                flags = flags.Replace("0", "", StringComparison.Ordinal);
                break;
            case 'd' or 'i' or 'u' or 'o' or 'x' or 'X':
                BigInteger integer = ToInteger(value, kind);
                (prefix, body) = NumberFormat.Integer(integer, kind);
                prefix = flags.Contains('#', StringComparison.Ordinal) ? prefix : "";
                body = body.PadLeft(precision ?? 0, '0');
                sign = Sign(integer.Sign < 0, flags);
                break;
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                double number = Equality.IsNumber(value) ? Arithmetic.Float(value!) : throw Fault.Type($"must be real number, not {TypeNames.Of(value)}");
                body = NumberFormat.Float(number, kind, precision ?? 6, flags.Contains('#', StringComparison.Ordinal));
                sign = Sign(double.IsNegative(number) && !double.IsNaN(number), flags);
                break;
            default:
                throw Fault.Value($"unsupported format character '{kind}' (0x{(int)kind:x}) at index {_at - 1}");
        }

        Pad(sign + prefix, body, flags, width);
    }

    private void Pad(string head, string body, string flags, int width)
    {
        int missing = Math.Max(0, width - head.Length - CodePoints.Length(body));
        bool left = flags.Contains('-', StringComparison.Ordinal);
        bool zeros = !left && flags.Contains('0', StringComparison.Ordinal);
        _text.Append(' ', left || zeros ? 0 : missing).Append(head).Append('0', zeros ? missing : 0).Append(body).Append(' ', left ? missing : 0);
    }

    private static string Sign(bool negative, string flags) =>
        negative ? "-" : flags.Contains('+', StringComparison.Ordinal) ? "+" : flags.Contains(' ', StringComparison.Ordinal) ? " " : "";

    private static string Character(object? value)
    {
        if (Equality.TextOf(value) is { } text && CodePoints.Length(text) == 1)
        {
            return text;
        }

        int point = value is bool or BigInteger ? Arithmetic.ToInt32(value, "%c") : throw Fault.Type("%c requires int or char");
        return point is >= 0 and <= 0x10FFFF ? CodePoints.ToText(point) : throw Fault.Overflow("%c arg not in range(0x110000)");
    }

    private static BigInteger ToInteger(object? value, char kind) => value switch
    {
        bool or BigInteger => Arithmetic.Integer(value),
        double number when kind is 'd' or 'i' or 'u' => ContainerMethods.Truncate(number),
        _ => throw Fault.Type($"%{kind} format: {(kind is 'd' or 'i' or 'u' ? "a real number" : "an integer")} is required, not {TypeNames.Of(value)}"),
    };
}
