using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Numina.Cuda.Cli.Options;

/// <summary>Options with a range, whose violation is one line: name, expected, found.</summary>
internal static class Opt
{
    public static Option<int> Int(string name, string description, int standard, int least) =>
        Ranged(name, description, standard, text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least ? value : null,
            $"a whole number of at least {least}");

    public static Option<float> Float(string name, string description, float standard, float least, float most) =>
        Ranged(name, description, standard, text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= least && value <= most ? value : null,
            float.IsPositiveInfinity(most) ? $"a number of at least {least}" : $"a number from {least} to {most}");

    public static Option<string> Choice(string name, string description, string standard, params string[] among)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = string.Join('|', among) };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !among.Contains(token.Value))
            {
                result.AddError($"{name}: expected {string.Join(", ", among)}, found \"{token.Value}\"");
            }
        });
        return option;
    }

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    /// <summary>Refuses a misspelt option that would else be taken for the argument's value.</summary>
    public static Argument<T> NoOption<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal)) is { } token)
            {
                result.AddError($"{token.Value}: no such option");
            }
        });
        return argument;
    }

    /// <summary>A whole number that means something of its own when it is not given.</summary>
    public static Option<int?> OptionalInt(string name, string description, int least) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse<int>(result, name, text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least ? value : null,
            $"a whole number of at least {least}"),
    };

    /// <summary>A number that means something of its own when it is not given.</summary>
    public static Option<float?> OptionalFloat(string name, string description, float least) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result => Parse<float>(result, name, text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= least ? value : null,
            $"a number of at least {least}"),
    };

    private static Option<T> Ranged<T>(string name, string description, T standard, Func<string, T?> parse, string expected)
        where T : struct
    {
        return new Option<T>(name)
        {
            Description = description,
            HelpName = typeof(T) == typeof(int) ? "N" : "X",
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse(result, name, parse, expected),
        };
    }

    private static T Parse<T>(ArgumentResult result, string name, Func<string, T?> parse, string expected)
        where T : struct
    {
        string text = result.Tokens[^1].Value;
        if (parse(text) is { } value)
        {
            return value;
        }

        result.AddError($"{name}: expected {expected}, found \"{text}\"");
        return default;
    }
}
