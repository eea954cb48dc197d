using System.Text.Json;
using System.Text.Unicode;

namespace Numina.Cuda.Weights;

/// <summary>One object of a JSON file. A key that is absent and one that is null read the same; a value of the wrong type or range is refused by file and key.</summary>
internal sealed class ConfigObject
{
    private const long LargestFile = 256L << 20;
    private readonly string _prefix;
    private readonly JsonElement _element;

    private ConfigObject(string file, string prefix, JsonElement element) => (File, _prefix, _element) = (file, prefix, element);

    /// <summary>Path of the file, for error texts.</summary>
    public string File { get; }

    public bool IsEmpty => !_element.EnumerateObject().Any();

    public IEnumerable<string> Keys => _element.EnumerateObject().Select(property => property.Name);

    /// <summary>The object that the file holds. Refuses invalid JSON and keys that occur twice.</summary>
    public static ConfigObject Load(string file)
    {
        byte[] bytes;
        try
        {
            long length = new FileInfo(file).Length;
            bytes = length <= LargestFile ? System.IO.File.ReadAllBytes(file) : throw new CheckpointException(file, "file", $"at most {LargestFile} bytes", $"{length}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(file, "file", "a readable JSON file", error is FileNotFoundException or DirectoryNotFoundException ? "no such file" : error.Message);
        }

        return Parse(file, bytes);
    }

    /// <summary>As <see cref="Load"/>, from the file's bytes.</summary>
    public static ConfigObject Parse(string file, ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new CheckpointException(file, "file", "UTF-8", "invalid bytes");
        }

        try
        {
            JsonElement root = JsonElement.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            RequireTexts(root);
            return root.ValueKind == JsonValueKind.Object
                ? new ConfigObject(file, "", root)
                : throw new CheckpointException(file, "file", "a JSON object", $"{root.ValueKind}");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(file, "file", "valid JSON", error.Message);
        }
    }

    /// <summary>The key is there and not null.</summary>
    public bool Has(string key) => Find(key) is not null;

    public ConfigObject? Object(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new ConfigObject(File, $"{_prefix}{key}.", value)
        : throw Refuse(key, "an object");

    public string? Text(string key) => Find(key) is { } value ? TextOf(key, value) : null;

    public bool? Flag(string key) => Find(key) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Refuse(key, "true or false"),
    };

    public int? Integer(string key, int least, int most) => Find(key) is { } value ? IntegerOf(key, value, least, most) : null;

    public int RequiredInteger(string key, int least, int most) => Integer(key, least, most) ?? throw Refuse(key, $"an integer from {least} to {most}");

    /// <summary>A finite number above <paramref name="above"/>.</summary>
    public float? Number(string key, float above)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        bool valid = value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && float.IsFinite(number) && number > above;
        return valid ? value.GetSingle() : throw Refuse(key, above == float.MinValue ? "a finite number" : $"a finite number above {above}");
    }

    public float RequiredNumber(string key, float above) => Number(key, above) ?? throw Refuse(key, $"a finite number above {above}");

    /// <summary>One integer or a list of them; empty when the key is absent.</summary>
    public IReadOnlyList<int> Integers(string key, int least, int most) => Find(key) is not { } value ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => IntegerOf(key, item, least, most))]
        : [IntegerOf(key, value, least, most)];

    /// <summary>The strings of a list, nested lists flattened; null when the key is absent.</summary>
    public IReadOnlyList<string>? Texts(string key) => Find(key) is { } value ? [.. TextsOf(key, value)] : null;

    /// <summary>All values of an object whose values are strings.</summary>
    public IEnumerable<KeyValuePair<string, string>> TextPairs() =>
        _element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, TextOf(property.Name, property.Value)));

    /// <summary>The error that names this file and key and quotes what stands there.</summary>
    public CheckpointException Refuse(string key, string expected) =>
        new(File, $"{_prefix}{key}", expected, _element.TryGetProperty(key, out JsonElement value) ? value.GetRawText() : "no such key");

    private JsonElement? Find(string key) =>
        _element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int IntegerOf(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most
            ? number
            : throw Refuse(key, $"an integer from {least} to {most}");

    private IEnumerable<string> TextsOf(string key, JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().SelectMany(item => item.ValueKind == JsonValueKind.Array ? TextsOf(key, item) : [TextOf(key, item)])
        : throw Refuse(key, "a list of strings");

    private string TextOf(string key, JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Refuse(key, "a string");

    /// <summary>Decodes every name and string once: an escaped lone surrogate is valid JSON but throws wherever it is first read.</summary>
    private static void RequireTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    RequireTexts(property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    RequireTexts(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }
}
