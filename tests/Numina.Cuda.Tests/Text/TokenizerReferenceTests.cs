using System.Runtime.InteropServices;
using System.Text.Json;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>The megabyte of text that the reference was timed on gives its number of tokens and their checksum.</summary>
[TestFixture]
public sealed class TokenizerReferenceTests
{
    [TestCase("deepseek-math-like")]
    [TestCase("deepseek-llm")]
    [TestCase("llama3")]
    public void The_reference_text_gives_the_reference_tokens(string name)
    {
        string folder = Path.GetDirectoryName(TokenizerFiles.Folder(name))!;
        using JsonDocument file = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "reference.json")));
        JsonElement expected = file.RootElement.GetProperty("results").GetProperty(name);
        string text = TokenizerFiles.ReadText(Path.Combine(folder, "bench.txt"));
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));

        int[] whole = tokenizer.Encode(text, addSpecialTokens: false);

        Assert.That(whole, Has.Length.EqualTo(expected.GetProperty("tokens_whole").GetInt32()));
        Assert.That(Crc32(MemoryMarshal.AsBytes<int>(whole)), Is.EqualTo(expected.GetProperty("crc32_ids_whole").GetUInt32()));
        Assert.That(tokenizer.Decode(whole), Is.EqualTo(text));
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
