using Numina.Cuda.Engine;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Engine;

/// <summary>Stop texts, wherever tokens part them. The model's draws are scripted; text and tokens are the demo tokenizer's.</summary>
internal sealed class StopTests
{
    private const string Stop = "```output\n";
    private static readonly int[] s_prompt = TestEngine.Tokenizer.Encode("### Problem: 1+1\n### Solution: ", addSpecialTokens: true);

    [Test]
    public async Task The_stop_ends_the_text_and_what_lies_behind_it_is_dropped([Values] bool include)
    {
        int[] tokens = TestEngine.Tokenizer.Encode("So:\n```output\n42\n```\nmore", addSpecialTokens: false);
        Generation generation = await Generate(tokens, Options(include, Stop));
        Assert.That(generation.Text, Is.EqualTo(include ? "So:\n```output\n" : "So:\n"));
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.Stop));
    }

    [Test]
    public async Task A_stop_is_found_however_single_characters_and_tokens_part_it([Values] bool include, [Values(1, 2, 3, 5, 40)] int size, [Values("", "x", "é", "`")] string before)
    {
        string text = $"{before}```output\nbehind it";
        int[] tokens = Pieces(text, size);
        Generation generation = await Generate(tokens, Options(include, Stop));
        Assert.That(generation.Text, Is.EqualTo(before + (include ? Stop : "")));
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.Stop));
    }

    [Test]
    public async Task A_stop_inside_a_token_cuts_it_and_tokens_stand_for_the_kept_text([Values] bool include)
    {
        // " the" is one token: the stop ends inside it.
        int the = TestEngine.Tokenizer.Encode(" the", addSpecialTokens: false).Single();
        int[] tokens = [.. TestEngine.Tokenizer.Encode("What is", addSpecialTokens: false), the];
        Generation generation = await Generate(tokens, Options(include, "s t") with { LogProbs = true });
        Assert.That(generation.Text, Is.EqualTo(include ? "What is t" : "What i"));
        Assert.That(generation.Tokens, Does.Not.Contain(the));
        Assert.That(generation.LogProbs, Has.Count.EqualTo(generation.Tokens.Count));
        Assert.That(generation.Drawn, Is.EqualTo(tokens.Length));
    }

    [Test]
    public async Task Of_several_stops_the_one_complete_first_counts()
    {
        Generation generation = await Generate(Pieces("abcdef", 40), Options(false, "def", "cd", "bcd"));
        Assert.That(generation.Text, Is.EqualTo("a"), "cd and bcd end together: the longer");
    }

    [Test]
    public async Task A_character_in_bytes_is_told_once_and_whole()
    {
        int[] bytes = TestEngine.Tokenizer.Encode("∑é😀", addSpecialTokens: false);
        Assume.That(bytes, Has.Length.GreaterThan(4), "the vocabulary knows none of them as a token");
        var told = new List<string>();
        Generation generation = await Generate(bytes, Options(false, "é😀!"), told.Add);
        Assert.That(generation.Text, Is.EqualTo("∑é😀"));
        Assert.That(string.Concat(told), Is.EqualTo(generation.Text));
        Assert.That(told, Has.None.Contains("\uFFFD"));
    }

    [Test]
    public async Task What_may_become_a_dropped_stop_is_not_told_before_it_is_decided()
    {
        var told = new List<string>();
        int[] tokens = Pieces("a ```out of``` b ```output\n", 1);
        Generation generation = await Generate(tokens, Options(false, Stop), told.Add);
        Assert.That(string.Concat(told), Is.EqualTo("a ```out of``` b "));
        Assert.That(generation.Text, Is.EqualTo("a ```out of``` b "));
    }

    [Test]
    public async Task A_stop_in_the_prompt_or_in_appended_text_is_none()
    {
        var backend = new ScriptedBackend(s_prompt.Length, [[]]);
        await using var engine = new TestEngine(backend);
        Session session = engine.Open(s_prompt);
        session.Append("```output\n");
        Generation generation = await session.GenerateAsync(Options(true, Stop) with { MaxNewTokens = 3, IgnoreEos = true });
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.Length));
    }

    [Test]
    public async Task Text_behind_a_cut_continues_as_if_the_model_had_written_just_that()
    {
        int[] drawn = Pieces("ab```output\ncd", 6);
        var backend = new ScriptedBackend(s_prompt.Length, drawn);
        await using var engine = new TestEngine(backend);
        Session session = engine.Open(s_prompt);
        Generation generation = await session.GenerateAsync(Options(true, Stop));
        session.Append("42\n```\n");
        string text = TestEngine.Tokenizer.Decode([.. session.Tokens], skipSpecialTokens: true);
        Assert.That(generation.Text, Is.EqualTo("ab```output\n"));
        Assert.That(text, Is.EqualTo("### Problem: 1+1\n### Solution: ab```output\n42\n```\n"));
    }

    [TestCase("deepseek-math-like")]
    [TestCase("llama2")]
    [TestCase("llama3")]
    public async Task Whatever_the_tokenizer_a_cut_leaves_tokens_that_decode_to_the_text(string name)
    {
        Tokenizer tokenizer = Tokenizer.Load(Reference.Path($"goldens/tokenizer/{name}"));
        int[] prompt = tokenizer.Encode("Solve it. So ", addSpecialTokens: true);
        foreach (string text in new[] { "answers here", "the résumé 𝛼", "x = 12345\n\n  y", "```output\n    indented" })
        {
            int[] drawn = tokenizer.Encode("Is this " + text, addSpecialTokens: false);
            string whole = Decode([]), all = Decode(drawn)[whole.Length..];
            for (int end = 3; end < all.Length; end++)
            {
                string stop = all[(end - 2)..end];
                if (char.IsSurrogate(stop[0]) || char.IsSurrogate(stop[1]))
                {
                    continue;
                }

                var backend = new ScriptedBackend(prompt.Length, drawn);
                await using var engine = new TestEngine(backend, config: TestEngine.Config with { VocabularySize = tokenizer.VocabularySize, HiddenSize = 8 }, tokenizer: tokenizer);
                using Session session = engine.Open(prompt);
                Generation generation = await session.GenerateAsync(Options(false, stop));
                Assert.That(generation.Text, Is.EqualTo(all[..all.IndexOf(stop, StringComparison.Ordinal)]), stop);
                Assert.That(Decode([.. generation.Tokens]), Is.EqualTo(whole + generation.Text), stop);
            }
        }

        string Decode(int[] tokens) => tokenizer.Decode([.. prompt, .. tokens], skipSpecialTokens: true);
    }

    private static GenerationOptions Options(bool include, params string[] stops) => new() { Stop = stops, IncludeStop = include };

    /// <summary>The tokens of a text cut into pieces of so many characters, each tokenised alone.</summary>
    private static int[] Pieces(string text, int size) =>
        [.. text.Chunk(size).SelectMany(piece => TestEngine.Tokenizer.Encode(new string(piece), addSpecialTokens: false))];

    /// <summary>Draws the tokens, and holds what must always hold: tokens decode to the text, the session has them, what was told adds up.</summary>
    private static async Task<Generation> Generate(int[] tokens, GenerationOptions options, Action<string>? onText = null)
    {
        await using var engine = new TestEngine(new ScriptedBackend(s_prompt.Length, tokens));
        using Session session = engine.Open(s_prompt);
        string told = "";
        Generation generation = await session.GenerateAsync(options, piece =>
        {
            told += piece;
            onText?.Invoke(piece);
        });
        Assert.That(session.Tokens, Is.EqualTo(s_prompt.Concat(generation.Tokens)));
        Assert.That(TestEngine.Tokenizer.Decode([.. generation.Tokens], skipSpecialTokens: true), Is.EqualTo(generation.Text));
        Assert.That(told, Is.EqualTo(generation.Text));
        return generation;
    }
}
