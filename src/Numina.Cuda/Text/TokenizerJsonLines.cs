using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Numina.Cuda.Text.Loading;

namespace Numina.Cuda.Text;

/// <summary>
/// Runs a tokenizer over JSON lines. A line that fails gives <c>{"error": ...}</c> in its place, so output lines stand beside input lines.
/// </summary>
public static class TokenizerJsonLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private delegate void Answer(JsonField line, Utf8JsonWriter writer);

    /// <summary>
    /// Reads objects of text, text_pair (optional) and add_special_tokens (true when absent); writes ids, tokens, offsets, type_ids, decoded and decoded_skip.
    /// </summary>
    public static void Tokenize(Tokenizer tokenizer, TextReader input, TextWriter output) => Run(input, output, (line, writer) =>
    {
        bool addSpecialTokens = line.Optional("add_special_tokens")?.Flag() ?? true;
        TokenEncoding encoding = tokenizer.EncodeWithOffsets(line["text"].Text(), line.Optional("text_pair")?.Text(), addSpecialTokens);
        int[] ids = [.. encoding.Ids];
        WriteNumbers(writer, "ids", ids);
        writer.WriteStartArray("tokens");
        foreach (string token in encoding.Tokens)
        {
            writer.WriteStringValue(token);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("offsets");
        foreach ((int start, int end) in encoding.Offsets)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(start);
            writer.WriteNumberValue(end);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        WriteNumbers(writer, "type_ids", encoding.TypeIds);
        writer.WriteString("decoded", tokenizer.Decode(ids));
        writer.WriteString("decoded_skip", tokenizer.Decode(ids, skipSpecialTokens: true));
    });

    /// <summary>
    /// Reads objects of ids and skip_special_tokens (false when absent); writes both, the pieces that a <see cref="TextStream"/> gives (null for nothing yet) and
    /// decoded, the text of all ids at once.
    /// </summary>
    public static void Detokenize(Tokenizer tokenizer, TextReader input, TextWriter output) => Run(input, output, (line, writer) =>
    {
        bool skip = line.Optional("skip_special_tokens")?.Flag() ?? false;
        int[] ids = [.. line["ids"].Items().Select(item => item.Number())];
        TextStream stream = tokenizer.CreateStream(skip);
        writer.WriteBoolean("skip_special_tokens", skip);
        WriteNumbers(writer, "ids", ids);
        writer.WriteStartArray("pieces");
        foreach (int id in ids)
        {
            writer.WriteStringValue(stream.Push(id));
        }

        writer.WriteEndArray();
        writer.WriteString("decoded", tokenizer.Decode(ids, skip));
    });

    private static void Run(TextReader input, TextWriter output, Answer answer)
    {
        for (int number = 1; input.ReadLine() is { } line; number++)
        {
            if (line.Length > 0)
            {
                output.Write(Run(line, $"line {number}", answer));
                output.Write('\n');
            }
        }
    }

    private static string Run(string line, string name, Answer answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Write(writer => answer(new JsonField(name, "$", document.RootElement), writer));
        }
        catch (Exception error) when (error is TokenizerException or JsonException)
        {
            string message = error is JsonException ? $"{name}: expected JSON, found {error.Message.Split('\n')[0]}" : error.Message;
            return Write(writer => writer.WriteString("error", message));
        }
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IReadOnlyList<int> numbers)
    {
        writer.WriteStartArray(name);
        foreach (int number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
