using System.Globalization;
using System.Text;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Resolves the escapes of a string literal as Python does.</summary>
internal static class StringLiteral
{
    /// <summary>Null when an escape is cut short, names no code point, or is a \N name.</summary>
    public static string? Unescape(string body)
    {
        if (!body.Contains('\\', StringComparison.Ordinal))
        {
            return body;
        }

        StringBuilder text = new();
        for (int at = 0; at < body.Length;)
        {
            if (body[at] != '\\')
            {
                text.Append(body[at++]);
                continue;
            }

            int after = Escape(body, at + 1, text);
            if (after < 0)
            {
                return null;
            }

            at = after;
        }

        return text.ToString();
    }

    private static int Escape(string body, int at, StringBuilder text)
    {
        char kind = body[at];
        switch (kind)
        {
            case 'x':
                return Hexadecimal(body, at + 1, 2, text);
            case 'u':
                return Hexadecimal(body, at + 1, 4, text);
            case 'U':
                return Hexadecimal(body, at + 1, 8, text);
            case 'N':
                return -1;
            case '\n':
                return at + 1;
            case >= '0' and <= '7':
                return Octal(body, at, text);
            case > '\x7f':
                return NonAscii(body, at, text);
        }

        int simple = "\\'\"abfnrtv".IndexOf(kind, StringComparison.Ordinal);
        text.Append(simple >= 0 ? "\\'\"\a\b\f\n\r\t\v"[simple].ToString() : "\\" + kind);
        return at + 1;
    }

    private static int Hexadecimal(string body, int at, int digits, StringBuilder text)
    {
        if (at + digits > body.Length || !uint.TryParse(body.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint point) || point > 0x10FFFF)
        {
            return -1;
        }

        text.Append(Python.CodePoints.ToText((int)point));
        return at + digits;
    }

    private static int Octal(string body, int at, StringBuilder text)
    {
        int value = 0;
        int end = at;
        while (end < body.Length && end < at + 3 && body[end] is >= '0' and <= '7')
        {
            value = (value * 8) + body[end++] - '0';
        }

        text.Append((char)value);
        return end;
    }

    /// <summary>Python encodes the text to ASCII first, so a backslash before é leaves the escape of é as text.</summary>
    private static int NonAscii(string body, int at, StringBuilder text)
    {
        int point = Python.CodePoints.CodePointAt(body, at);
        string format = point <= 0xFF ? "x2" : point <= 0xFFFF ? "x4" : "x8";
        text.Append('\\').Append(point <= 0xFF ? 'x' : point <= 0xFFFF ? 'u' : 'U').Append(point.ToString(format, CultureInfo.InvariantCulture));
        return at + (point > 0xFFFF ? 2 : 1);
    }
}
