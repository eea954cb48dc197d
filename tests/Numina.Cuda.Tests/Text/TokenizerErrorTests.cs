using System.Text;
using System.Text.Json.Nodes;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>What is malformed or unknown is refused in one line that names the file, the path, what was expected and what was found.</summary>
[TestFixture]
public sealed class TokenizerErrorTests
{
    [TestCase("normalizer", """{"type":"Rot13"}""", "$.normalizer.type", "\"Rot13\"")]
    [TestCase("normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Strip","strip_left":1,"strip_right":true}]}""", "$.normalizer.normalizers[1].strip_left", "1")]
    [TestCase("normalizer", """{"type":"Replace","pattern":{"Regex":"(a"},"content":""}""", "$.normalizer.pattern.Regex", "without ')'")]
    [TestCase("pre_tokenizer", """{"type":"Sideways"}""", "$.pre_tokenizer.type", "\"Sideways\"")]
    [TestCase("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"(a)\\1"},"behavior":"Isolated","invert":false}""", "$.pre_tokenizer.pattern.Regex", "back references")]
    [TestCase("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\p{Klingon}"},"behavior":"Isolated","invert":false}""", "$.pre_tokenizer.pattern.Regex", "Klingon")]
    [TestCase("pre_tokenizer", """{"type":"Split","pattern":{"String":"a"},"behavior":"Inverted","invert":false}""", "$.pre_tokenizer.behavior", "\"Inverted\"")]
    [TestCase("pre_tokenizer", """{"type":"Metaspace","replacement":"__"}""", "$.pre_tokenizer.replacement", "\"__\"")]
    [TestCase("post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}}],"pair":[],"special_tokens":{}}""", "$.post_processor.special_tokens", "\"<s>\"")]
    [TestCase("post_processor", """{"type":"Wrap"}""", "$.post_processor.type", "\"Wrap\"")]
    [TestCase("decoder", """{"type":"Sequence","decoders":[{"type":"Morse"}]}""", "$.decoder.decoders[0].type", "\"Morse\"")]
    [TestCase("truncation", """{"max_length":-1,"strategy":"LongestFirst","stride":0}""", "$.truncation.max_length", "-1")]
    [TestCase("added_tokens", """[{"id":9,"content":7,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}]""", "$.added_tokens[0].content", "7")]
    [TestCase("version", "\"2.0\"", "$.version", "\"2.0\"")]
    [TestCase("model", """{"type":"Unigram"}""", "$.model.type", "\"Unigram\"")]
    [TestCase("model", """{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "$.model.merges[0]", "\"b\"")]
    [TestCase("model", """{"type":"BPE","vocab":{"a":0},"merges":["a"]}""", "$.model.merges[0]", "\"a\"")]
    [TestCase("model", """{"type":"BPE","vocab":{"a":0,"b":1},"merges":[["a","b","a"]]}""", "$.model.merges[0]", "[\"a\",\"b\",\"a\"]")]
    [TestCase("model", """{"type":"BPE","vocab":{"a":1.5},"merges":[]}""", "$.model.vocab", "1.5")]
    [TestCase("model", """{"type":"BPE","vocab":{"a":4294967295},"merges":[]}""", "$.model.vocab", "4294967295")]
    [TestCase("model", """{"type":"BPE","merges":[]}""", "$.model", "none")]
    [TestCase("model", """{"type":"BPE","dropout":0.1,"vocab":{"a":0},"merges":[]}""", "$.model.dropout", "0.1")]
    public void A_section_that_is_not_understood_is_refused(string section, string json, string path, string found)
    {
        TokenizerException? error = Assert.Throws<TokenizerException>(() => TinyTokenizer.Load((section, json)));
        Assert.That(error?.Message, Does.StartWith($"tiny.json: {path}").And.Contains("expected").And.Contains(found).And.Not.Contains("\n"));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{\"model\": \"\\ud800\"}")]
    public void What_is_not_a_tokenizer_is_refused(string json) =>
        Assert.That(() => TinyTokenizer.Parse(json), Throws.TypeOf<TokenizerException>().With.Message.StartsWith("tiny.json: $"));

    [Test]
    public void A_missing_file_is_named()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Assert.That(() => Tokenizer.Load(folder), Throws.TypeOf<TokenizerException>().With.Message.Contains(Path.Combine(folder, "tokenizer.json")));
    }

    [Test]
    public void An_unknown_token_that_is_missing_is_an_error_when_it_is_needed()
    {
        JsonObject file = TinyTokenizer.File();
        file["model"]!["unk_token"] = "<unk>";
        Tokenizer tokenizer = TinyTokenizer.Parse(file.ToJsonString());
        Assert.That(tokenizer.Encode("abe"), Is.EqualTo(new[] { 6, 4 }));
        Assert.That(() => tokenizer.Encode("x"), Throws.TypeOf<TokenizerException>().With.Message.Contains("<unk>"));
        Assert.That(tokenizer.Encode("abe"), Is.EqualTo(new[] { 6, 4 }), "an error leaves nothing behind");
    }

    /// <summary>A pattern that backtracks exponentially ends in an error in bounded time.</summary>
    [Test]
    public void A_pattern_that_explodes_is_stopped()
    {
        Tokenizer tokenizer = TinyTokenizer.Load(("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"(?:a+)+b"},"behavior":"Isolated","invert":false}"""));
        Assert.That(() => tokenizer.Encode(new string('a', 200)), Throws.TypeOf<TokenizerException>().With.Message.Contains("backtracked"));
    }

    [Test]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Assert.That(() => Tokenizer.Parse(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }), Throws.TypeOf<TokenizerException>());

    [Test]
    public void Deep_nesting_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("(?:", 5000)) + string.Concat(Enumerable.Repeat(")", 5000));
        string json = $$"""{"type":"Split","pattern":{"Regex":"{{deep}}"},"behavior":"Isolated","invert":false}""";
        Assert.That(() => TinyTokenizer.Load(("pre_tokenizer", json)), Throws.TypeOf<TokenizerException>().With.Message.Contains("deep"));
        byte[] file = Encoding.UTF8.GetBytes(new string('[', 100_000));
        Assert.That(() => Tokenizer.Parse(file), Throws.TypeOf<TokenizerException>());
    }
}
