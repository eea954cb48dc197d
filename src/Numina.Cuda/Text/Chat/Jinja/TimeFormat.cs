using System.Globalization;
using System.Text;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Python's strftime in the C locale.</summary>
internal static class TimeFormat
{
    public static string Format(DateTimeOffset time, string format, Interpreter interpreter)
    {
        StringBuilder text = new();
        for (int at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                text.Append(format[at]);
                continue;
            }

            interpreter.Step();
            bool unpadded = format[at + 1] == '-' && at + 2 < format.Length;
            at += unpadded ? 2 : 1;
            string field = Field(time, format[at]);
            text.Append(unpadded && field.Length > 0 && char.IsAsciiDigit(field[0]) ? field.TrimStart('0') is { Length: > 0 } trimmed ? trimmed : "0" : field);
        }

        return text.ToString();
    }

    private static string Field(DateTimeOffset time, char directive)
    {
        string Pattern(string pattern) => time.ToString(pattern, CultureInfo.InvariantCulture);
        int hour12 = ((time.Hour + 11) % 12) + 1;
        return directive switch
        {
            'a' => Pattern("ddd"),
            'A' => Pattern("dddd"),
            'b' or 'h' => Pattern("MMM"),
            'B' => Pattern("MMMM"),
            'd' => Pattern("dd"),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'm' => Pattern("MM"),
            'y' => Pattern("yy"),
            'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
            'H' => Pattern("HH"),
            'I' => hour12.ToString("00", CultureInfo.InvariantCulture),
            'M' => Pattern("mm"),
            'S' => Pattern("ss"),
            'f' => Pattern("ffffff"),
            'p' => time.Hour < 12 ? "AM" : "PM",
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => (((int)time.DayOfWeek + 6) % 7 + 1).ToString(CultureInfo.InvariantCulture),
            'U' => ((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7).ToString("00", CultureInfo.InvariantCulture),
            'W' => ((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7).ToString("00", CultureInfo.InvariantCulture),
            'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", CultureInfo.InvariantCulture),
            'G' => ISOWeek.GetYear(time.DateTime).ToString(CultureInfo.InvariantCulture),
            'c' => Pattern("ddd MMM ") + time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + Pattern(" HH':'mm':'ss yyyy"),
            'D' or 'x' => Pattern("MM'/'dd'/'yy"),
            'F' => Pattern("yyyy'-'MM'-'dd"),
            'T' or 'X' => Pattern("HH':'mm':'ss"),
            'R' => Pattern("HH':'mm"),
            's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'n' => "\n",
            't' => "\t",
            '%' => "%",

            // A naive time, which transformers passes, has no zone.
            'z' or 'Z' => "",
            _ => "%" + directive,
        };
    }
}
