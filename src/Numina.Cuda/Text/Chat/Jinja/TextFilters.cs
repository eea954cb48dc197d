using System.Numerics;
using System.Text;
using Numina.Cuda.Text.Chat.Python;

namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>Filters that give text.</summary>
internal static class TextFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        new("upper", "s", (i, a) => Keep(a[0], CaseMapping.Upper(Text(a[0], i)), i)),
        new("lower", "s", (i, a) => Keep(a[0], CaseMapping.Lower(Text(a[0], i)), i)),
        new("capitalize", "s", (i, a) => Keep(a[0], CaseMapping.Capitalize(Text(a[0], i)), i)),
        new("title", "s", (i, a) => i.Made(Title(Text(a[0], i)))),
        new("trim", "value chars?", (i, a) => Keep(a[0], CodePoints.Strip(Text(a[0], i), a[1] is Missing or null ? null : TextMethods.Text(a[1]), left: true, right: true), i)),
        new("string", "object", (i, a) => a[0] is Markup ? a[0] : Text(a[0], i)),
        new("safe", "value", (i, a) => new Markup(Text(a[0], i))),
        new("escape", "s", (i, a) => Markup.Escape(a[0], i)),
        new("e", "s", (i, a) => Markup.Escape(a[0], i)),
        new("forceescape", "value", (i, a) => Markup.Escape(Text(a[0], i), i)),
        new("striptags", "value", (i, a) => i.Made(StripTags(Text(a[0], i), i))),
        new("replace", "s old new count?", Replace),
        new("join", "value d? attribute?", Join),
        new("format", "value *args **kwargs", Format),
        new("center", "value width?", (i, a) => Method(a[0], "center", i, a[1] is Missing ? (BigInteger)80 : a[1])),
        new("indent", "s width? first? blank?", Indent),
        new("truncate", "s length? killwords? end? leeway?", Truncate),
        new("wordcount", "s", (i, a) => CountWords(Text(a[0], i))),
        new("urlencode", "value", UrlEncode),
        new("tojson", "value ensure_ascii? indent? separators? sort_keys?", ToJson),
    ];

    public static string Text(object? value, Interpreter interpreter)
    {
        string text = Representation.Str(value, interpreter);
        interpreter.Scan(text.Length);
        return text;
    }

    public static bool Flag(object? value) => value is not Missing && Truth.Of(value);

    private static object Keep(object? source, string text, Interpreter interpreter) => source is Markup ? new Markup(interpreter.Made(text)) : interpreter.Made(text);

    private static object? Method(object? self, string name, Interpreter interpreter, params List<object?> arguments) =>
        TextMethods.Find(Text(self, interpreter), name)!.Call(interpreter, new Arguments(arguments));

    private static string ToJson(Interpreter interpreter, object?[] a) => JsonText.Write(
        a[0], interpreter, Flag(a[1]), a[2] is Missing ? null : a[2], a[3] is Missing ? null : a[3], Flag(a[4]));

    /// <summary>Words as Jinja sees them: they begin after white space, hyphens and opening brackets, not after apostrophes.</summary>
    private static string Title(string text)
    {
        StringBuilder result = new();
        bool inWord = false;
        int start = 0;
        for (int at = 0; at <= text.Length; at++)
        {
            bool separates = at < text.Length && (CodePoints.IsSpace(text[at]) || "-({[<".Contains(text[at], StringComparison.Ordinal));
            if (at == text.Length || separates == inWord)
            {
                string part = text[start..at];
                int first = part.Length > 0 ? CodePoints.Offset(part, 1) : 0;
                result.Append(CaseMapping.Upper(part[..first])).Append(CaseMapping.Lower(part[first..]));
                (start, inWord) = (at, !separates);
            }
        }

        return result.ToString();
    }

    private static object? Replace(Interpreter interpreter, object?[] a) =>
        Method(a[0], "replace", interpreter, Text(a[1], interpreter), Text(a[2], interpreter), a[3] is Missing or null ? BigInteger.MinusOne : a[3]);

    private static string Join(Interpreter interpreter, object?[] a)
    {
        IEnumerable<object?> items = Iteration.Each(a[0], interpreter);
        if (a[2] is not (Missing or null))
        {
            AttributePath path = new(a[2]);
            items = items.Select(item => path.Get(item, interpreter));
        }

        List<string> texts = [.. items.Select(item => Representation.Str(item, interpreter))];
        string separator = a[1] is Missing ? "" : Text(a[1], interpreter);
        interpreter.Allocate(texts.Sum(text => (long)text.Length + separator.Length));
        return string.Join(separator, texts);
    }

    private static string Format(Interpreter interpreter, object?[] a)
    {
        PyTuple positional = (PyTuple)a[1]!;
        PyDict named = (PyDict)a[2]!;
        if (positional.Items.Count > 0 && named.Count > 0)
        {
            throw Fault.Runtime("can't handle positional and keyword arguments at the same time");
        }

        return PercentFormat.Format(Text(a[0], interpreter), named.Count > 0 ? named : positional, interpreter);
    }

    private static object? Indent(Interpreter interpreter, object?[] a)
    {
        string text = TextMethods.Text(a[0]);
        string indention = a[1] is Missing ? "    " : Equality.TextOf(a[1]) ?? Spaces(Arithmetic.ToInt32(a[1], "width"), interpreter);
        bool blank = Flag(a[3]);
        List<string> lines = TextSearch.Lines(text + "\n", keepEnds: false, interpreter);
        interpreter.Allocate(text.Length + ((long)lines.Count * indention.Length));
        IEnumerable<string> indented = lines.Select((line, index) => index > 0 && (blank || line.Length > 0) ? indention + line : line);
        string result = (Flag(a[2]) ? indention : "") + string.Join('\n', indented);
        return a[0] is Markup ? new Markup(result) : result;
    }

    private static string Spaces(int width, Interpreter interpreter)
    {
        interpreter.Allocate(width);
        return new string(' ', Math.Max(0, width));
    }

    private static object? Truncate(Interpreter interpreter, object?[] a)
    {
        string text = TextMethods.Text(a[0]);
        int length = a[1] is Missing ? 255 : Arithmetic.ToInt32(a[1], "length");
        string end = a[3] is Missing ? "..." : TextMethods.Text(a[3]);
        int leeway = a[4] is Missing or null ? 5 : Arithmetic.ToInt32(a[4], "leeway");
        int kept = length - CodePoints.Length(end);
        if (kept < 0 || leeway < 0)
        {
            throw Fault.Value(kept < 0 ? $"expected length >= {CodePoints.Length(end)}, got {length}" : $"expected leeway >= 0, got {leeway}");
        }

        if (CodePoints.Length(text) <= (long)length + leeway)
        {
            return a[0];
        }

        string cut = text[..CodePoints.Offset(text, kept)];
        int space = Flag(a[2]) ? -1 : cut.LastIndexOf(' ');
        return interpreter.Made((space < 0 ? cut : cut[..space]) + end);
    }

    private static BigInteger CountWords(string text)
    {
        BigInteger words = 0;
        bool inWord = false;
        foreach (string character in CodePoints.Characters(text))
        {
            bool part = character == "_" || CodePoints.Category(CodePoints.CodePointAt(character, 0)) is <= System.Globalization.UnicodeCategory.OtherLetter
                or System.Globalization.UnicodeCategory.DecimalDigitNumber or System.Globalization.UnicodeCategory.LetterNumber or System.Globalization.UnicodeCategory.OtherNumber;
            words += part && !inWord ? 1 : 0;
            inWord = part;
        }

        return words;
    }

    private static string StripTags(string text, Interpreter interpreter)
    {
        text = Remove(Remove(text, "<!--", "-->"), "<", ">");
        return System.Net.WebUtility.HtmlDecode(string.Join(' ', TextSearch.Split(text, null, -1, fromEnd: false, interpreter).Items));
    }

    private static string Remove(string text, string open, string close)
    {
        StringBuilder result = new();
        int at = 0;
        for (int start; (start = text.IndexOf(open, at, StringComparison.Ordinal)) >= 0 && text.IndexOf(close, start, StringComparison.Ordinal) is var end and >= 0; at = end + close.Length)
        {
            result.Append(text, at, start - at);
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    private static string UrlEncode(Interpreter interpreter, object?[] a)
    {
        if (a[0] is string or Markup || !Iteration.TryIterate(a[0], interpreter, out _))
        {
            return interpreter.Made(Quote(Text(a[0], interpreter), query: false));
        }

        List<object?> pairs = Iteration.ToList(a[0] is PyDict dict ? new PyDictView("dict_items", dict) : a[0], interpreter);
        return interpreter.Made(string.Join('&', pairs.Select(pair => string.Join('=', Iteration.ToList(pair, interpreter).Select(part => Quote(Text(part, interpreter), query: true))))));
    }

    private static string Quote(string text, bool query)
    {
        string quoted = Uri.EscapeDataString(text);
        return query ? quoted.Replace("%20", "+", StringComparison.Ordinal) : quoted.Replace("%2F", "/", StringComparison.Ordinal);
    }
}
