using System.Text;
using System.Text.Json;
using CsCheck;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>What holds for every text.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class TokenizerPropertyTests
{
    private const int Strings = 100_000;
    private static readonly Lazy<string[]> Texts = new(MakeTexts);

    private static IEnumerable<string> Names => TokenizerFiles.Names;

    /// <summary>The same 100,000 strings through every tokenizer; where it loses nothing they come back.</summary>
    [TestCaseSource(nameof(Names))]
    public void Random_strings_encode_and_come_back(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        HashSet<int>? lossy = LossyTokens(name);
        int compared = 0;
        foreach (string text in Texts.Value)
        {
            int[] ids = tokenizer.Encode(text, addSpecialTokens: false);
            string decoded = tokenizer.Decode(ids);
            if (lossy != null && !lossy.Overlaps(ids))
            {
                compared++;
                if (decoded != text)
                {
                    Assert.Fail($"{name}: {JsonSerializer.Serialize(text)} came back as {JsonSerializer.Serialize(decoded)}");
                }
            }
        }

        TestContext.Out.WriteLine($"{name}: {Strings} strings, {compared} came back unchanged{(lossy == null ? " (the tokenizer loses something by design)" : "")}");
        Assert.That(lossy == null || compared > Strings / 2);
    }

    [TestCaseSource(nameof(Names))]
    public void Offsets_lie_in_the_text_and_ids_agree_with_the_fast_path(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        foreach (string text in Texts.Value.Take(1000))
        {
            int length = text.EnumerateRunes().Count();
            TokenEncoding encoding = tokenizer.EncodeWithOffsets(text);
            Assert.That(encoding.Ids, Is.EqualTo(tokenizer.Encode(text)));
            Assert.That(encoding.Offsets.All(range => range.Start >= 0 && range.Start <= range.End && range.End <= length), text);
            Assert.That(tokenizer.Count(text), Is.EqualTo(encoding.Ids.Count));
        }
    }

    [Test]
    public void Surrogates_without_a_partner_count_as_replacement_characters()
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder("gpt2"));
        Assert.That(tokenizer.Encode("a\ud83db"), Is.EqualTo(tokenizer.Encode("a\ufffdb")));
        Assert.That(tokenizer.Encode("\ude00\ud83d"), Is.EqualTo(tokenizer.Encode("\ufffd\ufffd")));
    }

    [TestCase("deepseek-math-like")]
    [TestCase("llama2")]
    [TestCase("llama3")]
    [TestCase("qwen3")]
    [TestCase("syn_norm_nfkc")]
    [TestCase("syn_metaspace_always_split")]
    public void Steady_encoding_allocates_only_its_result(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        string text = string.Concat(Enumerable.Repeat("The sum of $x^2$ and 12345 is cafe\u0301, \ud83d\ude00 isn't it?\n\n    def f(x): return x\n", 20));
        int length = 0;
        for (int i = 0; i < 3; i++)
        {
            length = tokenizer.Encode(text).Length;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        int[] ids = tokenizer.Encode(text);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(ids);
        Assert.That(allocated, Is.EqualTo((24 + (4 * length) + 7) / 8 * 8));
    }

    [Test]
    public void Many_threads_may_encode_at_once()
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder("deepseek-math-like"));
        string[] texts = [.. Texts.Value.Take(2000)];
        int[][] expected = [.. texts.Select(text => tokenizer.Encode(text))];
        Parallel.For(0, texts.Length * 4, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (!tokenizer.Encode(texts[i % texts.Length]).AsSpan().SequenceEqual(expected[i % texts.Length]))
            {
                throw new AssertionException($"text {i % texts.Length} differs");
            }
        });
    }

    /// <summary>Null when the tokenizer loses something by design; else the ids that decode to something else than they matched.</summary>
    private static HashSet<int>? LossyTokens(string name)
    {
        using JsonDocument file = JsonDocument.Parse(TokenizerFiles.ReadText(Path.Combine(TokenizerFiles.Folder(name), "tokenizer.json")));
        JsonElement root = file.RootElement;
        string preTokenizer = root.GetProperty("pre_tokenizer").GetRawText();
        string[] losing = ["\"Removed\"", "\"WhitespaceSplit\"", "\"Whitespace\"", "\"CharDelimiterSplit\"", "\"add_prefix_space\":true", "Metaspace"];
        JsonElement normalizer = root.GetProperty("normalizer");
        bool byteLevel = root.GetProperty("decoder") is { ValueKind: JsonValueKind.Object } decoder && decoder.GetProperty("type").GetString() == "ByteLevel";
        bool keeps = normalizer.ValueKind == JsonValueKind.Null || normalizer.GetRawText().Replace(" ", "", StringComparison.Ordinal).EndsWith("\"normalizers\":[]}", StringComparison.Ordinal);
        bool allBytes = Enumerable.Range(0, 256).All(value => root.GetProperty("model").GetProperty("vocab").TryGetProperty(ByteSymbol(value), out _));
        bool truncates = root.TryGetProperty("truncation", out JsonElement truncation) && truncation.ValueKind != JsonValueKind.Null;
        if (!byteLevel || !keeps || truncates || !allBytes || losing.Any(word => preTokenizer.Replace(" ", "", StringComparison.Ordinal).Contains(word, StringComparison.Ordinal)))
        {
            return null;
        }

        return [.. root.GetProperty("added_tokens").EnumerateArray().Select(token => token.GetProperty("id").GetInt32())];
    }

    /// <summary>GPT-2's visible character for a byte; the bytes that UTF-8 never has are not needed.</summary>
    private static string ByteSymbol(int value)
    {
        static bool Visible(int v) => v is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE;
        if (value is 0xC0 or 0xC1 or >= 0xF5)
        {
            return "a";
        }

        return ((char)(Visible(value) ? value : 256 + Enumerable.Range(0, value).Count(v => !Visible(v)))).ToString();
    }

    private static string[] MakeTexts()
    {
        Gen<int> common = Gen.OneOf(Gen.Int[0x20, 0x7E], Gen.Int[0x20, 0x7E], Gen.Int[0x20, 0x7E], Gen.OneOf<int>('\n', '\r', '\t', ' ', '\'', 0x85, 0xA0, 0x3000, 0x2581, 0x120, 0x17F));
        Gen<int> rare = Gen.OneOf(Gen.Int[0xA0, 0x24F], Gen.Int[0x300, 0x36F], Gen.Int[0x370, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF]);
        Gen<int> point = Gen.OneOf(common, common, rare);
        Gen<string> text = point.Array[0, 10].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));
        Gen<string> words = Gen.OneOf("<s>", "</s>", "<m>", "hello", " the", "'s", "'LL", "123", "  ", "\n\n", "<|endoftext|>", "\uD55C\uAD6D", "e\u0301", "\u00f8");
        Gen<string> mixed = Gen.OneOf(text, text, Gen.Select(text, words, text, (a, b, c) => a + b + c));
        PCG random = new(1, 20240713);
        return [.. Enumerable.Range(0, Strings).Select(_ => mixed.Generate(random, null, out Size _))];
    }
}
