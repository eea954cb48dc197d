using System.Diagnostics;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>Streaming beyond the goldens: pieces join to the whole text, and long runs of broken bytes cost no more than others.</summary>
[TestFixture]
public sealed class TextStreamTests
{
    [TestCase("deepseek-math-like")]
    [TestCase("llama2")]
    [TestCase("qwen3")]
    public void Pieces_join_to_the_whole_text(string name)
    {
        const string Text = "Let $x\u2208\u211d$, \ud83d\ude00\ud83d\ude00 caf\u00e9 \u6f22\u5b57\n\n```python\nprint(1)\n```";
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder(name));
        int[] ids = tokenizer.Encode(Text, addSpecialTokens: false);
        TextStream stream = tokenizer.CreateStream();
        Assert.That(string.Concat(ids.Select(stream.Push)), Is.EqualTo(tokenizer.Decode(ids)));
    }

    [Test]
    public void Half_a_character_is_never_given()
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder("gpt2"));
        // The four bytes of U+1F600 as GPT-2's single-byte tokens.
        int[] ids = [.. "\u00f0\u0141\u013a\u0122".Select(symbol => tokenizer.TokenId(symbol.ToString())!.Value)];
        TextStream stream = tokenizer.CreateStream();
        Assert.That(ids.Select(stream.Push), Is.EqualTo(new[] { null, null, null, "\ud83d\ude00" }));
    }

    [Test]
    public void A_long_run_of_broken_bytes_is_linear()
    {
        Tokenizer tokenizer = Tokenizer.Load(TokenizerFiles.Folder("gpt2"));
        int stray = tokenizer.TokenId("\u0122")!.Value;
        TextStream stream = tokenizer.CreateStream();
        long start = Stopwatch.GetTimestamp();
        const int Tokens = 100_000;
        for (int i = 0; i < Tokens; i++)
        {
            Assert.That(stream.Push(stray), Is.Null);
        }

        string? end = stream.Push(tokenizer.TokenId("a")!.Value);
        Assert.That(end, Is.EqualTo(new string('\uFFFD', Tokens) + "a"));
        Assert.That(Stopwatch.GetElapsedTime(start).TotalSeconds, Is.LessThan(10), "decoding all again each time would take minutes");
    }
}
