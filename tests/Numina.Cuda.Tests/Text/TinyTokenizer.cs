using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>Small tokenizer files made in the test, whose results can be worked out by hand.</summary>
internal static class TinyTokenizer
{
    /// <summary>The letters a to e with the merges ab, cd and abcd, and a space; sections are given as JSON text.</summary>
    public static JsonObject File(params ReadOnlySpan<(string Section, string Json)> sections)
    {
        JsonObject file = JsonNode.Parse(
            """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":{"type":"Fuse"},
             "model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"d":3,"e":4," ":5,"ab":6,"cd":7,"abcd":8},"merges":["a b","c d","ab cd"]}}
            """)!.AsObject();
        foreach ((string section, string json) in sections)
        {
            file[section] = JsonNode.Parse(json);
        }

        return file;
    }

    public static Tokenizer Load(params ReadOnlySpan<(string Section, string Json)> sections) => Parse(File(sections).ToJsonString());

    public static Tokenizer Parse(string json) => Tokenizer.Parse(Encoding.UTF8.GetBytes(json), "tiny.json");

    /// <summary>The tokens of a text with their offsets, as <c>token@start-end</c>.</summary>
    public static string Describe(this Tokenizer tokenizer, string text, string? pair = null)
    {
        TokenEncoding encoding = tokenizer.EncodeWithOffsets(text, pair);
        return string.Join(' ', encoding.Tokens.Zip(encoding.Offsets, (token, range) => $"{token}@{range.Start}-{range.End}"));
    }
}
