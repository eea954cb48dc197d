using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using Numina.Cuda.Text.Chat.Jinja;

namespace Numina.Cuda.Text.Chat.Python;

/// <summary>The methods of Python's str.</summary>
internal static class TextMethods
{
    private delegate object? Method(string self, object?[] arguments, Interpreter interpreter);

    private static readonly FrozenDictionary<string, (string Parameters, Method Body)> Methods = new Dictionary<string, (string, Method)>
    {
        ["upper"] = ("", (s, _, _) => CaseMapping.Upper(s)),
        ["lower"] = ("", (s, _, _) => CaseMapping.Lower(s)),
        ["casefold"] = ("", (s, _, _) => CaseMapping.Lower(CaseMapping.Lower(s).Replace("ß", "ss", StringComparison.Ordinal))),
        ["title"] = ("", (s, _, _) => CaseMapping.Title(s)),
        ["capitalize"] = ("", (s, _, _) => CaseMapping.Capitalize(s)),
        ["swapcase"] = ("", (s, _, _) => CaseMapping.SwapCase(s)),
        ["strip"] = ("chars?", (s, a, _) => CodePoints.Strip(s, Characters(a[0]), left: true, right: true)),
        ["lstrip"] = ("chars?", (s, a, _) => CodePoints.Strip(s, Characters(a[0]), left: true, right: false)),
        ["rstrip"] = ("chars?", (s, a, _) => CodePoints.Strip(s, Characters(a[0]), left: false, right: true)),
        ["removeprefix"] = ("prefix", (s, a, _) => s.StartsWith(Text(a[0]), StringComparison.Ordinal) ? s[Text(a[0]).Length..] : s),
        ["removesuffix"] = ("suffix", (s, a, _) => s.EndsWith(Text(a[0]), StringComparison.Ordinal) ? s[..^Text(a[0]).Length] : s),
        ["startswith"] = ("prefix start? end?", (s, a, _) => Affix(s, a, (part, affix) => part.StartsWith(affix, StringComparison.Ordinal))),
        ["endswith"] = ("suffix start? end?", (s, a, _) => Affix(s, a, (part, affix) => part.EndsWith(affix, StringComparison.Ordinal))),
        ["find"] = ("sub start? end?", (s, a, _) => (BigInteger)Find(s, a, last: false)),
        ["rfind"] = ("sub start? end?", (s, a, _) => (BigInteger)Find(s, a, last: true)),
        ["index"] = ("sub start? end?", (s, a, _) => Found(Find(s, a, last: false))),
        ["rindex"] = ("sub start? end?", (s, a, _) => Found(Find(s, a, last: true))),
        ["count"] = ("sub start? end?", (s, a, _) => (BigInteger)TextSearch.Count(Part(s, a), Text(a[0]))),
        ["replace"] = ("old new count?", (s, a, i) => TextSearch.Replace(s, Text(a[0]), Text(a[1]), Count(a[2]), i)),
        ["split"] = ("sep? maxsplit?", (s, a, i) => TextSearch.Split(s, Separator(a[0]), Count(a[1]), fromEnd: false, i)),
        ["rsplit"] = ("sep? maxsplit?", (s, a, i) => TextSearch.Split(s, Separator(a[0]), Count(a[1]), fromEnd: true, i)),
        ["splitlines"] = ("keepends?", (s, a, i) => new PyList([.. TextSearch.Lines(s, a[0] is not Missing && Truth.Of(a[0]), i)])),
        ["partition"] = ("sep", (s, a, _) => TextSearch.Partition(s, Separator(a[0])!, last: false)),
        ["rpartition"] = ("sep", (s, a, _) => TextSearch.Partition(s, Separator(a[0])!, last: true)),
        ["join"] = ("iterable", Join),
        ["format"] = ("*args **kwargs", (s, a, i) => BraceFormat.Format(s, (PyTuple)a[0]!, (PyDict)a[1]!, i)),
        ["format_map"] = ("mapping", (s, a, i) => BraceFormat.Format(s, new PyTuple([]), a[0] as PyDict ?? throw Fault.Type("format_map() takes a mapping"), i)),
        ["center"] = ("width fillchar?", (s, a, i) => Center(s, a, i)),
        ["ljust"] = ("width fillchar?", (s, a, i) => s + Padding(s, a, i)),
        ["rjust"] = ("width fillchar?", (s, a, i) => Padding(s, a, i) + s),
        ["zfill"] = ("width", ZeroFill),
        ["expandtabs"] = ("tabsize?", (s, a, i) => TextSearch.ExpandTabs(s, a[0] is Missing ? 8 : Arithmetic.ToInt32(a[0], "tabsize"), i)),
        ["isdigit"] = ("", (s, _, _) => All(s, point => CharUnicodeInfo.GetDigitValue(char.ConvertFromUtf32(point), 0) >= 0)),
        ["isdecimal"] = ("", (s, _, _) => All(s, point => CodePoints.Category(point) == UnicodeCategory.DecimalDigitNumber)),
        ["isnumeric"] = ("", (s, _, _) => All(s, point => CharUnicodeInfo.GetNumericValue(char.ConvertFromUtf32(point), 0) >= 0)),
        ["isalpha"] = ("", (s, _, _) => All(s, point => CodePoints.Category(point) <= UnicodeCategory.OtherLetter)),
        ["isalnum"] = ("", (s, _, _) => All(s, point => CodePoints.Category(point) <= UnicodeCategory.OtherLetter || CharUnicodeInfo.GetNumericValue(char.ConvertFromUtf32(point), 0) >= 0)),
        ["isspace"] = ("", (s, _, _) => All(s, point => point <= 0xFFFF && CodePoints.IsSpace((char)point))),
        ["isascii"] = ("", (s, _, _) => System.Text.Ascii.IsValid(s)),
        ["isprintable"] = ("", (s, _, _) => s.Length == 0 || All(s, CodePoints.IsPrintable)),
        ["isidentifier"] = ("", (s, _, _) => CodePoints.IsIdentifier(s)),
        ["islower"] = ("", (s, _, _) => CaseMapping.IsAll(s, upper: false)),
        ["isupper"] = ("", (s, _, _) => CaseMapping.IsAll(s, upper: true)),
        ["istitle"] = ("", (s, _, _) => CaseMapping.IsTitleCased(s)),
    }.ToFrozenDictionary();

    /// <summary>The method bound to a text, null when str has none of this name.</summary>
    public static PyCallable? Find(string self, string name) => Methods.TryGetValue(name, out (string Parameters, Method Body) method)
        ? new Function(name, method.Parameters, (interpreter, arguments) => Run(method.Body, self, arguments, interpreter))
        : null;

    public static string Text(object? value) => Equality.TextOf(value) ?? throw (value is Undefined undefined
        ? Fault.Undefined(undefined)
        : Fault.Type($"expected str, not {TypeNames.Of(value)}"));

    private static object? Run(Method method, string self, object?[] arguments, Interpreter interpreter)
    {
        interpreter.Scan(self.Length);
        object? result = method(self, arguments, interpreter);
        interpreter.Allocate(result is string text ? text.Length : 0);
        return result;
    }

    private static string? Characters(object? value) => value is Missing or null ? null : Text(value);

    private static string? Separator(object? value)
    {
        string? separator = Characters(value);
        return separator is { Length: 0 } ? throw Fault.Value("empty separator") : separator;
    }

    private static int Count(object? value) => value is Missing ? -1 : Arithmetic.ToInt32(value, "count");

    private static bool All(string text, Func<int, bool> holds) =>
        text.Length > 0 && CodePoints.Characters(text).TrueForAll(character => !char.IsSurrogate(character, 0) || character.Length == 2 ? holds(CodePoints.CodePointAt(character, 0)) : false);

    /// <summary>The part between optional start and end, in code points.</summary>
    private static string Part(string text, object?[] arguments)
    {
        (int start, int end) = Range(text, arguments);
        return start > end ? "" : text[start..end];
    }

    private static (int Start, int End) Range(string text, object?[] arguments)
    {
        if (arguments[1] is Missing or null && arguments[2] is Missing or null)
        {
            return (0, text.Length);
        }

        int count = CodePoints.Length(text);
        int At(object? bound, int byDefault) => bound is Missing or null ? byDefault : Arithmetic.ToInt32(bound, "slice index") is var value && value < 0 ? Math.Max(0, value + count) : value;
        int start = At(arguments[1], 0);
        int end = Math.Min(At(arguments[2], count), count);
        return start > count ? (text.Length + 1, text.Length) : (CodePoints.Offset(text, start), CodePoints.Offset(text, end));
    }

    private static int Find(string text, object?[] arguments, bool last)
    {
        string part = Text(arguments[0]);
        (int start, int end) = Range(text, arguments);
        if (start > end)
        {
            return -1;
        }

        ReadOnlySpan<char> within = text.AsSpan(start, end - start);
        int found = last ? within.LastIndexOf(part) : within.IndexOf(part);
        found = part.Length == 0 && last ? within.Length : found;
        return found < 0 ? -1 : CodePoints.Index(text, start + found);
    }

    private static BigInteger Found(int index) => index < 0 ? throw Fault.Value("substring not found") : index;

    private static bool Affix(string text, object?[] arguments, Func<string, string, bool> matches)
    {
        (int start, int end) = Range(text, arguments);
        if (start > end)
        {
            return false;
        }

        string part = text[start..end];
        return arguments[0] is PyTuple options ? options.Items.Any(option => matches(part, Text(option))) : matches(part, Text(arguments[0]));
    }

    private static string Join(string self, object?[] arguments, Interpreter interpreter)
    {
        List<object?> items = Iteration.ToList(arguments[0], interpreter);
        long length = 0;
        for (int i = 0; i < items.Count; i++)
        {
            length += self.Length + (Equality.TextOf(items[i]) ?? throw Fault.Type($"sequence item {i}: expected str instance, {TypeNames.Of(items[i])} found")).Length;
        }

        interpreter.Allocate(length);
        return string.Join(self, items.Select(Equality.TextOf));
    }

    private static string Padding(string self, object?[] arguments, Interpreter interpreter, Func<int, int>? share = null)
    {
        string fill = arguments[1] is Missing ? " " : Text(arguments[1]);
        if (CodePoints.Length(fill) != 1)
        {
            throw Fault.Type("The fill character must be exactly one character long");
        }

        int missing = Math.Max(0, Arithmetic.ToInt32(arguments[0], "width") - CodePoints.Length(self));
        missing = share == null ? missing : share(missing);
        interpreter.Allocate(missing);
        return string.Concat(Enumerable.Repeat(fill, missing));
    }

    /// <summary>Python puts the odd space left when the width is odd too.</summary>
    private static string Center(string self, object?[] arguments, Interpreter interpreter)
    {
        int width = Arithmetic.ToInt32(arguments[0], "width");
        int Left(int missing) => (missing / 2) + (missing & width & 1);
        return Padding(self, arguments, interpreter, Left) + self + Padding(self, arguments, interpreter, missing => missing - Left(missing));
    }

    private static string ZeroFill(string self, object?[] arguments, Interpreter interpreter)
    {
        int missing = Math.Max(0, Arithmetic.ToInt32(arguments[0], "width") - CodePoints.Length(self));
        interpreter.Allocate(missing);
        int sign = self.StartsWith('-') || self.StartsWith('+') ? 1 : 0;
        return self[..sign] + new string('0', missing) + self[sign..];
    }
}
