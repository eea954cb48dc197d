using System.Text.Json;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>Every line that Hugging Face's tokenizers gave for the reference tokenizers.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class TokenizerGoldenTests
{
    private const int ShownFailures = 5;

    private static IEnumerable<string> Names => TokenizerFiles.Names;

    [TestCaseSource(nameof(Names))]
    public void Encodes_and_decodes_as_the_reference(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        List<string> failures = [];
        int count = 0;
        foreach (JsonElement line in TokenizerFiles.ReadLines(name, "goldens.jsonl"))
        {
            Compare(tokenizer, line, $"{name}:{++count}", failures);
        }

        Report(name, "texts", count, failures);
    }

    [TestCaseSource(nameof(Names))]
    public void Streams_as_the_reference(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        List<string> failures = [];
        int count = 0;
        foreach (JsonElement line in TokenizerFiles.ReadLines(name, "stream.jsonl"))
        {
            TextStream stream = tokenizer.CreateStream(line.GetProperty("skip_special_tokens").GetBoolean());
            // Where the reference gave up a better decoder may go on; what it gave before must agree.
            int comparable = line.TryGetProperty("error_at", out JsonElement at) ? at.GetInt32() : line.GetProperty("ids").GetArrayLength();
            string actual = JsonSerializer.Serialize(Integers(line, "ids").Select(stream.Push).Take(comparable));
            string expected = JsonSerializer.Serialize(line.GetProperty("pieces").EnumerateArray().Take(comparable).Select(piece => piece.GetString()));
            Check($"{name}:{++count} pieces", expected, actual, failures);
        }

        Report(name, "streams", count, failures);
    }

    private static void Compare(Tokenizer tokenizer, JsonElement line, string id, List<string> failures)
    {
        string text = line.GetProperty("text").GetString()!;
        string? pair = line.TryGetProperty("text_pair", out JsonElement second) ? second.GetString() : null;
        bool special = line.GetProperty("add_special_tokens").GetBoolean();
        TokenEncoding encoding = tokenizer.EncodeWithOffsets(text, pair, special);
        int[] ids = Integers(line, "ids");
        Check($"{id} ids", string.Join(' ', ids), string.Join(' ', encoding.Ids), failures);
        Check($"{id} tokens", line.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!), encoding.Tokens, failures);
        Check(
            $"{id} offsets",
            string.Join(' ', line.GetProperty("offsets").EnumerateArray().Select(range => $"{range[0]}-{range[1]}")),
            string.Join(' ', encoding.Offsets.Select(range => $"{range.Start}-{range.End}")),
            failures);
        if (line.TryGetProperty("type_ids", out _))
        {
            Check($"{id} type_ids", string.Join(' ', Integers(line, "type_ids")), string.Join(' ', encoding.TypeIds), failures);
        }

        if (pair == null)
        {
            Check($"{id} ids without offsets", string.Join(' ', ids), string.Join(' ', tokenizer.Encode(text, special)), failures);
        }

        Check($"{id} decoded", line.GetProperty("decoded").GetString()!, tokenizer.Decode(ids), failures);
        Check($"{id} decoded_skip", line.GetProperty("decoded_skip").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: true), failures);
    }

    private static int[] Integers(JsonElement line, string key) => [.. line.GetProperty(key).EnumerateArray().Select(item => item.GetInt32())];

    private static void Check(string id, IEnumerable<string> expected, IEnumerable<string> actual, List<string> failures) =>
        Check(id, JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual), failures);

    private static void Check(string id, string expected, string actual, List<string> failures)
    {
        if (expected != actual)
        {
            failures.Add($"{id}: expected {JsonSerializer.Serialize(expected)}, found {JsonSerializer.Serialize(actual)}");
        }
    }

    private static void Report(string name, string what, int count, List<string> failures)
    {
        TestContext.Out.WriteLine($"{name}: {count} {what}, {failures.Count} differences");
        Assert.That(count, Is.Positive, "the file has no lines");
        Assert.That(failures, Is.Empty, string.Join('\n', failures.Take(ShownFailures)));
    }
}
