using System.Text;
using System.Text.Json;

namespace Numina.Cuda.Evaluation;

/// <summary>Reads JSON Lines: one object a line; a byte order mark, blank lines and a missing last newline are taken.</summary>
internal static class JsonLinesTable
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static IEnumerable<RawRow> Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int start = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        for (int number = 1; start < bytes.Length; number++)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            length = length < 0 ? bytes.Length - start : length;
            string line = Decode(path, number, bytes.AsSpan(start, length)).Trim();
            start += length + 1;
            if (line.Length > 0)
            {
                yield return new RawRow($"line {number}", Object(path, number, line));
            }
        }
    }

    private static string Decode(string path, int number, ReadOnlySpan<byte> line)
    {
        try
        {
            return Strict.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            throw new DatasetException($"{path}: line {number}: expected UTF-8, found other bytes");
        }
    }

    private static Dictionary<string, object?> Object(string path, int number, string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new DatasetException($"{path}: line {number}: expected an object, found {Name(document.RootElement.ValueKind)}");
            }

            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                values[property.Name] = Value(property.Value);
            }

            return values;
        }
        catch (JsonException error)
        {
            string column = line.Contains("NaN", StringComparison.Ordinal) || line.Contains("Infinity", StringComparison.Ordinal)
                ? " (NaN and Infinity are no JSON; an answer is an integer)" : "";
            throw new DatasetException($"{path}: line {number}: expected a JSON object, found a syntax error at character {error.BytePositionInLine + 1}{column}");
        }
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => new NumberText(element.GetRawText()),
        JsonValueKind.Null => null,
        _ => new OtherValue(Name(element.ValueKind)),
    };

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "list",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
