using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>The property names that \p{...} and [:...:] know.</summary>
internal static class PatternProperties
{
    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["other"] = "C", ["control"] = "Cc", ["format"] = "Cf", ["unassigned"] = "Cn", ["privateuse"] = "Co", ["surrogate"] = "Cs",
        ["letter"] = "L", ["lowercaseletter"] = "Ll", ["modifierletter"] = "Lm", ["otherletter"] = "Lo", ["titlecaseletter"] = "Lt", ["uppercaseletter"] = "Lu",
        ["mark"] = "M", ["combiningmark"] = "M", ["spacingmark"] = "Mc", ["enclosingmark"] = "Me", ["nonspacingmark"] = "Mn",
        ["number"] = "N", ["decimalnumber"] = "Nd", ["letternumber"] = "Nl", ["othernumber"] = "No",
        ["punctuation"] = "P", ["connectorpunctuation"] = "Pc", ["dashpunctuation"] = "Pd", ["closepunctuation"] = "Pe", ["finalpunctuation"] = "Pf",
        ["initialpunctuation"] = "Pi", ["otherpunctuation"] = "Po", ["openpunctuation"] = "Ps",
        ["symbol"] = "S", ["currencysymbol"] = "Sc", ["modifiersymbol"] = "Sk", ["mathsymbol"] = "Sm", ["othersymbol"] = "So",
        ["separator"] = "Z", ["lineseparator"] = "Zl", ["paragraphseparator"] = "Zp", ["spaceseparator"] = "Zs",
    };

    /// <summary>The set of a property, its name in any case and with spaces, '-' and '_' passed over; null when it is not known.</summary>
    public static CodePointRanges? Find(string name)
    {
        string key = string.Concat(name.Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();
        string category = LongNames.GetValueOrDefault(key, key.Length is 1 or 2 ? char.ToUpperInvariant(key[0]) + key[1..] : "?");
        if (key == "lc" || key == "casedletter")
        {
            return UnicodeProperties.Of("Lu").Union(UnicodeProperties.Of("Ll")).Union(UnicodeProperties.Of("Lt"));
        }

        CodePointRanges ranges = UnicodeProperties.Of(category);
        return ranges.IsEmpty ? FindPosix(key) ?? UnicodeScripts.Find(key) : ranges;
    }

    /// <summary>The set of a POSIX class; null when it is not known.</summary>
    public static CodePointRanges? FindPosix(string key) => key switch
    {
        "alnum" => UnicodeScripts.Find("Alphabetic")!.Union(UnicodeProperties.DecimalDigit),
        "alpha" => UnicodeScripts.Find("Alphabetic"),
        "any" => CodePointRanges.All,
        "assigned" => UnicodeProperties.Of("Cn").Complement(),
        "ascii" => CodePointRanges.Between(0, 0x7F),
        "blank" => UnicodeProperties.Of("Zs").Union(CodePointRanges.Of('\t')),
        "cntrl" => UnicodeProperties.Of("Cc"),
        "digit" => UnicodeProperties.DecimalDigit,
        "graph" => Graph,
        "lower" => UnicodeScripts.Find("Lowercase"),
        "print" => Graph.Union(UnicodeProperties.Of("Zs")),
        "punct" => UnicodeProperties.Of("P").Union(AsciiSymbols),
        "space" or "whitespace" => UnicodeProperties.WhiteSpace,
        "upper" => UnicodeScripts.Find("Uppercase"),
        "word" => UnicodeProperties.Word,
        "xdigit" => CodePointRanges.OfPairs(('0', '9'), ('A', 'F'), ('a', 'f')),
        _ => null,
    };

    private static CodePointRanges Graph => UnicodeProperties.WhiteSpace
        .Union(UnicodeProperties.Of("Cc")).Union(UnicodeProperties.Of("Cn")).Union(UnicodeProperties.Of("Cs")).Complement();

    private static CodePointRanges AsciiSymbols => CodePointRanges.OfPairs(('$', '$'), ('+', '+'), ('<', '>'), ('^', '^'), ('`', '`'), ('|', '|'), ('~', '~'));
}
