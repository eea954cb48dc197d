using System.Globalization;
using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>Python's format mini-language: <c>[[fill]align][sign][z][#][0][width][grouping][.precision][type]</c>.</summary>
internal sealed record FormatSpecification
{
    private string Fill { get; init; } = " ";

    private char Align { get; init; }

    private char Sign { get; init; } = '-';

    private bool Alternate { get; init; }

    private int Width { get; init; }

    private char Grouping { get; init; }

    private int? Precision { get; init; }

    private char Kind { get; init; }

    public static string Apply(object? value, string specification, Interpreter interpreter)
    {
        if (specification.Length == 0)
        {
            return Representation.Str(value, interpreter);
        }

        FormatSpecification parsed = Parse(specification);
        interpreter.Allocate(Math.Max(parsed.Width, parsed.Precision ?? 0));
        return value switch
        {
            string or Markup => parsed.OfText(Equality.TextOf(value)!),
            Undefined => parsed.OfText(""),
            bool or BigInteger when parsed.Kind is '\0' or 'b' or 'c' or 'd' or 'n' or 'o' or 'x' or 'X' => parsed.OfInteger(Arithmetic.Integer(value)),
            bool or BigInteger or double => parsed.OfFloat(Arithmetic.Float(value)),
            _ => throw Fault.Type($"unsupported format string passed to {TypeNames.Of(value)}.__format__"),
        };
    }

    private static FormatSpecification Parse(string text)
    {
        List<string> rest = CodePoints.Characters(text);
        int at = 0;
        bool Take(string options) => at < rest.Count && options.Contains(rest[at], StringComparison.Ordinal) && ++at > 0;
        FormatSpecification result = new();
        if (rest.Count > 1 && "<>=^".Contains(rest[1], StringComparison.Ordinal))
        {
            result = result with { Fill = rest[0], Align = rest[1][0] };
            at = 2;
        }
        else if (Take("<>=^"))
        {
            result = result with { Align = rest[0][0] };
        }

        result = Take("+- ") ? result with { Sign = rest[at - 1][0] } : result;
        result = Take("#") ? result with { Alternate = true } : result;
        if (Take("0") && result.Align == '\0')
        {
            result = result with { Fill = "0", Align = '=' };
        }

        result = result with { Width = Number(rest, ref at) ?? 0 };
        result = Take(",_") ? result with { Grouping = rest[at - 1][0] } : result;
        if (Take("."))
        {
            result = result with { Precision = Number(rest, ref at) ?? throw Fault.Value("Format specifier missing precision") };
        }

        result = at < rest.Count ? result with { Kind = rest[at++][0] } : result;
        return at == rest.Count ? result : throw Fault.Value($"Invalid format specifier '{text}'");
    }

    private static int? Number(List<string> text, ref int at)
    {
        int start = at;
        while (at < text.Count && char.IsAsciiDigit(text[at][0]))
        {
            at++;
        }

        string digits = string.Concat(text.GetRange(start, at - start));
        return digits.Length == 0 ? null : int.TryParse(digits, CultureInfo.InvariantCulture, out int number) ? number : throw Fault.Value("Too many decimal digits in format string");
    }

    private string OfText(string text)
    {
        if (Kind is not ('\0' or 's'))
        {
            throw Fault.Value($"Unknown format code '{Kind}' for object of type 'str'");
        }

        if (Align == '=' && Fill != "0")
        {
            throw Fault.Value("'=' alignment not allowed in string format specifier");
        }

        return Pad("", Precision is { } kept ? text[..CodePoints.Offset(text, kept)] : text, Align is '\0' or '=' ? '<' : Align);
    }

    private string OfInteger(BigInteger value)
    {
        if (Precision != null)
        {
            throw Fault.Value("Precision not allowed in integer format specifier");
        }

        if (Kind == 'c')
        {
            return Pad("", value >= 0 && value < 0x110000 ? CodePoints.ToText((int)value) : throw Fault.Overflow("%c arg not in range(0x110000)"), Align == '\0' ? '<' : Align);
        }

        (string prefix, string digits) = NumberFormat.Integer(value, Kind);
        return Pad(SignOf(value.Sign < 0) + (Alternate ? prefix : ""), Group(digits, Kind is 'b' or 'o' or 'x' or 'X' ? 4 : 3), Align == '\0' ? '>' : Align);
    }

    private string OfFloat(double value)
    {
        string body = Kind switch
        {
            '\0' when Precision == null => FloatText.Shortest(Math.Abs(value)),
            '\0' => WithPoint(NumberFormat.Float(value, 'g', Precision.Value, Alternate)),
            '%' => NumberFormat.Float(value * 100, 'f', Precision ?? 6, Alternate) + "%",
            'n' => NumberFormat.Float(value, 'g', Precision ?? 6, Alternate),
            'e' or 'E' or 'f' or 'F' or 'g' or 'G' => NumberFormat.Float(value, Kind, Precision ?? 6, Alternate),
            _ => throw Fault.Value($"Unknown format code '{Kind}' for object of type 'float'"),
        };
        return Pad(SignOf(double.IsNegative(value) && !double.IsNaN(value)), double.IsFinite(value) ? Group(body, 3) : body, Align == '\0' ? '>' : Align);
    }

    private static string WithPoint(string text) => text.AsSpan().ContainsAny('.', 'e') || !char.IsAsciiDigit(text[0]) ? text : text + ".0";

    private string Group(string digits, int size) => Grouping == '\0' ? digits : NumberFormat.GroupThousands(digits, Grouping, size);

    private string SignOf(bool negative) => negative ? "-" : Sign == '-' ? "" : Sign.ToString();

    private string Pad(string head, string body, char align)
    {
        int missing = Math.Max(0, Width - head.Length - CodePoints.Length(body));
        if (align == '=' && Grouping != '\0' && Fill == "0" && missing > 0)
        {
            return head + Group(ZeroFilled(body, Width - head.Length), 3);
        }

        int before = align switch { '<' => 0, '^' => missing / 2, _ => missing };
        string left = string.Concat(Enumerable.Repeat(Fill, before));
        string right = string.Concat(Enumerable.Repeat(Fill, missing - before));
        return align == '=' ? head + left + body : left + head + body + right;
    }

    /// <summary>Zeros in front so that the grouped number fills the width.</summary>
    private string ZeroFilled(string grouped, int width)
    {
        string digits = grouped.Replace(Grouping.ToString(), "", StringComparison.Ordinal);
        while (CodePoints.Length(Group(digits, 3)) < width)
        {
            digits = "0" + digits;
        }

        return digits;
    }
}
