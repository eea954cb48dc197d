using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Numina.Cuda.Text.Chat;

/// <summary>
/// Renders requests from JSON lines: <c>name, template, special, messages, add_generation_prompt, tools, documents, kwargs, continue_final_message</c> in,
/// <c>{"name", "text"}</c> or <c>{"name", "error"}</c> out, one line for each. A line without a template uses the model's.
/// </summary>
public sealed class ChatJsonLines(ChatTemplate? modelTemplate = null)
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 256 };

    private static readonly JsonWriterOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Renders every line that isn't blank, in order.</summary>
    public void Run(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                output.WriteLine(Render(line));
            }
        }
    }

    /// <summary>The output line of one input line; what fails is reported in it.</summary>
    public string Render(string line)
    {
        string? name = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Reading);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return Write(null, "error", $"expected an object, found {root.ValueKind}");
            }

            name = root.TryGetProperty("name", out JsonElement given) ? given.ToString() : null;
            return Write(name, "text", TemplateOf(root).Render(RequestOf(root)));
        }
        catch (ChatTemplateException fault)
        {
            return Write(name, "error", fault.Message);
        }
        catch (JsonException malformed)
        {
            return Write(name, "error", $"expected JSON, found {malformed.Message}");
        }
    }

    private ChatTemplate TemplateOf(JsonElement root)
    {
        if (Field(root, "template") is { } template)
        {
            return ChatTemplate.Parse(Text(template, "template"));
        }

        return modelTemplate ?? throw new JsonException("no template");
    }

    private static ChatRequest RequestOf(JsonElement root)
    {
        JsonElement? continued = Field(root, "continue_final_message");
        return new ChatRequest
        {
            MessagesJson = Field(root, "messages") ?? throw new JsonException("no messages"),
            AddGenerationPrompt = Field(root, "add_generation_prompt") is { ValueKind: JsonValueKind.True },
            Tools = Field(root, "tools"),
            Documents = Field(root, "documents"),
            Variables = Properties(root, "kwargs").ToDictionary(property => property.Name, property => property.Value),
            SpecialTokens = Properties(root, "special").ToDictionary(property => property.Name, property => Text(property.Value, property.Name)),
            ContinueFinalField = continued switch
            {
                { ValueKind: JsonValueKind.True } => "content",
                { ValueKind: JsonValueKind.String } field => field.GetString(),
                _ => null,
            },
        };
    }

    /// <summary>A field's value; null when it is absent or null.</summary>
    private static JsonElement? Field(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>An object's properties, the last of those with equal names.</summary>
    private static IEnumerable<JsonProperty> Properties(JsonElement root, string name) => Field(root, name) is not { } value
        ? []
        : value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().GroupBy(property => property.Name).Select(group => group.Last())
            : throw new JsonException($"{name} is no object");

    private static string Text(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonException($"{name} is no string");

    /// <summary>A half surrogate pair, which a template can make and JSON in UTF-8 can't hold, becomes U+FFFD.</summary>
    private static string Write(string? name, string field, string value)
    {
        value = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value));
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WriteString(field, value);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
