using System.Text.Json;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>JSON lines in, JSON lines out, an error in its line's place.</summary>
[TestFixture]
public sealed class TokenizerJsonLinesTests
{
    [TestCase("syn_template_pair")]
    [TestCase("syn_metaspace_first_split")]
    public void Tokenize_writes_the_fields_of_the_goldens(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        JsonElement[] lines = [.. TokenizerFiles.ReadLines(name, "goldens.jsonl")];
        using StringWriter output = new();
        TokenizerJsonLines.Tokenize(tokenizer, new StringReader(string.Join('\n', lines.Select(line => line.GetRawText()))), output);
        Compare(lines, output.ToString(), "ids", "tokens", "offsets", "decoded", "decoded_skip");
    }

    [Test]
    public void Detokenize_writes_the_fields_of_the_streams()
    {
        const string Name = "syn_llama2_style";
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(Name));
        JsonElement[] lines = [.. TokenizerFiles.ReadLines(Name, "stream.jsonl").Where(line => !line.TryGetProperty("error", out _))];
        using StringWriter output = new();
        TokenizerJsonLines.Detokenize(tokenizer, new StringReader(string.Join('\n', lines.Select(line => line.GetRawText()))), output);
        Compare(lines, output.ToString(), "skip_special_tokens", "ids", "pieces", "decoded");
    }

    [TestCase("{\"text\": 1}", "$.text")]
    [TestCase("{}", "$: expected key \"text\"")]
    [TestCase("{\"text\": \"\\ud800\"}", "surrogate")]
    [TestCase("nothing", "JSON")]
    public void A_line_that_fails_gives_its_error_in_place(string line, string message)
    {
        using StringWriter output = new();
        TokenizerJsonLines.Tokenize(TinyTokenizer.Load(), new StringReader("{\"text\":\"ab\"}\n" + line + "\n{\"text\":\"c\"}\n"), output);
        string[] lines = output.ToString().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[0], Is.EqualTo("""{"ids":[6],"tokens":["ab"],"offsets":[[0,2]],"type_ids":[0],"decoded":"ab","decoded_skip":"ab"}"""));
        Assert.That(JsonDocument.Parse(lines[1]).RootElement.GetProperty("error").GetString(), Does.Contain("line 2").And.Contains(message));
        Assert.That(lines[2], Does.StartWith("""{"ids":[2]"""));
    }

    private static void Compare(JsonElement[] expected, string output, params string[] fields)
    {
        JsonElement[] actual = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        for (int i = 0; i < expected.Length; i++)
        {
            foreach (string field in fields.Where(field => expected[i].TryGetProperty(field, out _)))
            {
                Assert.That(JsonElement.DeepEquals(actual[i].GetProperty(field), expected[i].GetProperty(field)), $"line {i + 1}, {field}: {actual[i]}");
            }
        }
    }
}
