using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Numina.Cuda.Text.Loading;

/// <summary>A value of a JSON file together with where it stands, so that every error names the file and the path.</summary>
/// <param name="File">What errors call the file.</param>
/// <param name="Parent">The path of this value, or of the array that holds it.</param>
/// <param name="Value">The value.</param>
/// <param name="Index">The place in the array, or -1: a path is written only for an error, since a file has hundreds of thousands of items.</param>
internal readonly record struct JsonField(string File, string Parent, JsonElement Value, int Index = -1)
{
    public string Path => Index < 0 ? Parent : string.Create(CultureInfo.InvariantCulture, $"{Parent}[{Index}]");

    /// <summary>The value of the "type" key.</summary>
    public string Type => this["type"].Text();

    /// <summary>A key that must be there and must not be null.</summary>
    public JsonField this[string key] => Optional(key) ?? throw Error($"key \"{key}\"", Value.ValueKind == JsonValueKind.Object ? "none" : Describe());

    /// <summary>The value of a key, or null when it is absent or null.</summary>
    public JsonField? Optional(string key) =>
        Value.ValueKind != JsonValueKind.Object ? throw Error("an object", Describe())
        : Value.TryGetProperty(key, out JsonElement child) && child.ValueKind != JsonValueKind.Null ? new JsonField(File, $"{Path}.{key}", child)
        : null;

    public string Text()
    {
        if (Value.ValueKind != JsonValueKind.String)
        {
            throw Error("a string", Describe());
        }

        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("a string of Unicode text", "a surrogate without its partner");
        }
    }

    /// <summary>A string as code points.</summary>
    public int[] Points() => [.. Text().EnumerateRunes().Select(rune => rune.Value)];

    /// <summary>A string of exactly one code point.</summary>
    public int Point() => Points() is [var point] ? point : throw Error("a single character", Describe());

    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("true or false", Describe()),
    };

    /// <summary>A whole number from 0 to <paramref name="most"/>.</summary>
    public int Number(int most = int.MaxValue) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out long number) && number >= 0 && number <= most
            ? (int)number
            : throw Error($"a whole number from 0 to {most}", Describe());

    public T Choice<T>(params ReadOnlySpan<(string Name, T Value)> choices)
    {
        string name = Text();
        foreach ((string candidate, T value) in choices)
        {
            if (candidate == name)
            {
                return value;
            }
        }

        StringBuilder expected = new("one of");
        foreach ((string candidate, _) in choices)
        {
            expected.Append(' ').Append(candidate);
        }

        throw Error(expected.ToString(), Describe());
    }

    public IEnumerable<JsonField> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array)
        {
            throw Error("an array", Describe());
        }

        (string file, string path) = (File, Path);
        return Value.EnumerateArray().Select((item, index) => new JsonField(file, path, item, index));
    }

    public TokenizerException Error(string expected, string found) => new(File, Path, expected, found);

    /// <summary>The value on one line, cut when long.</summary>
    public string Describe()
    {
        string raw = Value.ValueKind is JsonValueKind.Object ? "an object" : Value.ValueKind is JsonValueKind.Array ? "an array" : Value.GetRawText();
        return raw.Length > 80 ? string.Create(CultureInfo.InvariantCulture, $"{raw[..80]}...") : raw;
    }
}
