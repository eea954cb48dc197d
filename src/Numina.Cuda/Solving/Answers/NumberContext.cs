using System.Text.RegularExpressions;

namespace Numina.Cuda.Solving.Answers;

/// <summary>What may stand beside a number without changing it: units and harmless words.</summary>
internal static partial class NumberContext
{
    /// <summary>Units that may be glued to a number, and letters that are units when they stand apart.</summary>
    public const string Units = "cm|mm|km|dm|nm|mi|m|inches|inch|in|feet|foot|ft|yd|mph|kph|kg|mg|gm|g|lbs?|oz|ml|cl|dl|hours?|hrs?|hr|minutes?|mins?|min|seconds?|secs?|sec|days?|"
        + "degrees?|deg|radians?|rad|units?|points?|cents?|dollars?|pounds?|meters?|metres?|liters?|litres?|digits?|ways?|percent|square|sq|cubic|h|s|L|J|N|W|V|th|st|nd|rd";

    /// <summary>Words that make the number a part of something else.</summary>
    private static readonly HashSet<string> Telling = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "no", "to", "from", "between", "about", "around", "approximately", "approx", "roughly", "nearly", "almost", "circa", "least", "most", "more",
        "less", "than", "over", "under", "plus", "minus", "times", "divided", "by", "mod", "modulo", "half", "third", "quarter", "twice", "double", "squared", "cubed",
        "factorial", "choose", "hundred", "thousand", "million", "billion", "trillion", "dozen", "pi", "tau", "log", "ln", "sin", "cos", "tan", "sqrt", "root", "frac",
        "infinity", "inf", "nan", "none", "undefined", "unknown", "either", "both",
    };

    public static bool AllowsBefore(string text) => text.Length == 0 || (text[^1] == ' ' && Words(text, BeforeWord()));

    public static bool AllowsAfter(string text)
    {
        string apart = GluedUnit().Match(text) is { Success: true } unit ? text[unit.Length..] : text;
        return apart.Length == 0 || (apart[0] is ' ' or ',' && Words(apart, AfterWord()));
    }

    private static bool Words(string text, Regex form) => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
        .All(word => form.IsMatch(word) && !Telling.Contains(word.Trim('(', ')', '.', ':', '\'')));

    [GeneratedRegex(@"\A(?:" + Units + @")(?:/(?:" + Units + @"))?(?![A-Za-z])")]
    private static partial Regex GluedUnit();

    [GeneratedRegex(@"\A(?:[A-Za-z][A-Za-z'\u2019-]+[:.]?|[aAI]|\([A-Za-z]\))\z")]
    private static partial Regex BeforeWord();

    [GeneratedRegex(@"\A(?:\(?[A-Za-z][A-Za-z'\u2019-]+\)?\.?|[aAI]|(?:" + Units + @")(?:/(?:" + Units + @"))?)\z")]
    private static partial Regex AfterWord();
}
