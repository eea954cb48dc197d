using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Engine;
using Numina.Cuda.Model;
using Numina.Cuda.Tests.Model;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Engine;

/// <summary>A session's tokens and log probabilities are the same to the bit whatever else the engine does.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Fast))]
internal sealed class InvariantTests(string device)
{
    private static readonly GenerationOptions s_drawn = new() { MaxNewTokens = 40, IgnoreEos = true, LogProbs = true, Temperature = 0.8f };

    private IBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = Devices.Open(device);

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [Test]
    public async Task Batched_is_alone()
    {
        int[][] prompts = [.. Enumerable.Range(0, 9).Select(i => TestEngine.Prompt(1 + 13 * i, seed: i))];
        GenerationOptions[] options =
        [
            s_drawn, s_drawn with { Temperature = 0 }, s_drawn with { TopK = 7 }, s_drawn with { TopP = 0.6f }, s_drawn with { MinP = 0.1f },
            s_drawn with { RepetitionPenalty = 1.3f }, s_drawn with { MaxNewTokens = 11 }, s_drawn, s_drawn,
        ];
        var alone = new List<Generation>();
        for (int i = 0; i < prompts.Length; i++)
        {
            alone.Add(await Alone(prompts[i], i, options[i]));
        }

        await using var engine = new TestEngine(_backend);
        Generation[] batched = await Task.WhenAll(prompts.Select((prompt, i) => engine.Open(prompt, i).GenerateAsync(options[i])));
        AssertSame(batched, alone);
        Assert.That(engine.Metrics.Steps, Is.LessThan(alone.Sum(generation => generation.Drawn) / 2), "they ran together: how much depends on when the engine's thread is first run");
    }

    [Test]
    public async Task Samples_of_one_prompt_compute_it_once_and_are_what_they_are_alone([Values(1, 2, 7, 8, 9, 100, 104)] int length)
    {
        const int samples = 48;
        int[] prompt = TestEngine.Prompt(length);
        await using var engine = new TestEngine(_backend);
        Generation[] shared = await Task.WhenAll(Enumerable.Range(0, samples).Select(i => engine.Open(prompt, i).GenerateAsync(s_drawn)));
        EngineMetrics metrics = engine.Metrics;
        Assert.That(metrics.PrefilledTokens, Is.EqualTo(length - 1), "the prompt but for its last token, from which each sample draws");
        Assert.That(metrics.PrefixHitTokens, Is.EqualTo((samples - 1) * (length - 1)));
        foreach (int i in new[] { 0, 1, samples - 1 })
        {
            AssertSame([shared[i]], [await Alone(prompt, i, s_drawn)]);
        }

        Assert.That(shared.Select(generation => string.Join(' ', generation.Tokens)).Distinct().Count(), Is.GreaterThan(1), "noise differs");
    }

    [Test]
    public async Task A_prompt_that_begins_like_an_earlier_one_is_what_it_is_cold()
    {
        int[] common = TestEngine.Prompt(45), first = [.. common, .. TestEngine.Prompt(20, 5)], second = [.. common, .. TestEngine.Prompt(31, 6)];
        await using var engine = new TestEngine(_backend);
        using (Session session = engine.Open(first, 1))
        {
            await session.GenerateAsync(s_drawn);
        }

        Assert.That(engine.Metrics.PagesUsed, Is.Zero);
        Generation shared = await engine.Open(second, 2).GenerateAsync(s_drawn);
        Assert.That(engine.Metrics.PrefixHitTokens, Is.EqualTo(common.Length), "found though its session is gone");
        AssertSame([shared], [await Alone(second, 2, s_drawn)]);
    }

    [Test]
    public async Task Parked_and_resumed_is_uninterrupted()
    {
        int[] prompt = TestEngine.Prompt(30);
        Generation whole = await Alone(prompt, 3, s_drawn);
        await using var engine = new TestEngine(_backend);
        Session session = engine.Open(prompt, 3);
        Generation first = await session.GenerateAsync(s_drawn with { MaxNewTokens = 13 });
        await Task.WhenAll(Enumerable.Range(10, 5).Select(i => engine.Open(prompt, i).GenerateAsync(s_drawn)));
        Generation rest = await session.GenerateAsync(s_drawn with { MaxNewTokens = 27 });
        Assert.That(first.Tokens.Concat(rest.Tokens), Is.EqualTo(whole.Tokens));
        Assert.That(first.LogProbs!.Concat(rest.LogProbs!), Is.EqualTo(whole.LogProbs));
    }

    [Test]
    public async Task Preempted_and_recomputed_is_uninterrupted()
    {
        int[][] prompts = [.. Enumerable.Range(0, 12).Select(i => TestEngine.Prompt(20 + i, seed: i % 4))];
        await using var roomy = new TestEngine(_backend);
        Generation[] expected = await Task.WhenAll(prompts.Select((prompt, i) => roomy.Open(prompt, i).GenerateAsync(s_drawn)));
        await using var tight = new TestEngine(_backend, new EngineOptions { Pages = 20 });
        Generation[] actual = await Task.WhenAll(prompts.Select((prompt, i) => tight.Open(prompt, i).GenerateAsync(s_drawn)));
        AssertSame(actual, expected);
        Assert.That(roomy.Metrics.Preemptions, Is.Zero);
        Assert.That(tight.Metrics.Preemptions, Is.GreaterThan(0));
        Assert.That(tight.Metrics.RecomputedTokens, Is.GreaterThan(0));
    }

    [Test]
    public async Task Parked_sessions_that_lost_their_pages_go_on_as_if_they_had_not()
    {
        int[] prompt = TestEngine.Prompt(30);
        Generation whole = await Alone(prompt, 3, s_drawn);
        await using var engine = new TestEngine(_backend, new EngineOptions { Pages = 12 });
        Session session = engine.Open(prompt, 3);
        Generation first = await session.GenerateAsync(s_drawn with { MaxNewTokens = 13 });
        using (Session other = engine.Open(TestEngine.Prompt(50, 9)))
        {
            await other.GenerateAsync(s_drawn);
        }

        Assert.That(engine.Metrics.Preemptions, Is.EqualTo(1));
        Generation rest = await session.GenerateAsync(s_drawn with { MaxNewTokens = 27 });
        Assert.That(first.Tokens.Concat(rest.Tokens), Is.EqualTo(whole.Tokens));
    }

    [Test]
    public async Task A_prompt_in_chunks_is_a_prompt_whole([Values(1, 5, 16, 33)] int tokensPerStep)
    {
        int[] prompt = TestEngine.Prompt(100);
        await using var engine = new TestEngine(_backend, limits: TestEngine.Limits with { TokensPerStep = tokensPerStep });
        Generation chunked = await engine.Open(prompt, 2).GenerateAsync(s_drawn);
        AssertSame([chunked], [await Alone(prompt, 2, s_drawn)]);
        Assert.That(engine.Metrics.Steps, Is.EqualTo((100 + tokensPerStep - 1) / tokensPerStep + 39));
    }

    [Test]
    public async Task Dynamic_rope_scaling_remembers_the_length_that_each_token_was_written_at()
    {
        ModelConfig config = TestEngine.Config with { MaxPositions = 32, Rope = new RopeScaling { Kind = RopeKind.Dynamic, Theta = 10000, Factor = 8 } };
        int[][] prompts = [.. Enumerable.Range(0, 6).Select(i => TestEngine.Prompt(20 + 5 * i, seed: i % 2))];
        await using var roomy = new TestEngine(_backend, config: config);
        Generation[] expected = await Task.WhenAll(prompts.Select((prompt, i) => roomy.Open(prompt, i).GenerateAsync(s_drawn)));
        await using var tight = new TestEngine(_backend, new EngineOptions { Pages = 16 }, TestEngine.Limits with { TokensPerStep = 9 }, config);
        Generation[] actual = await Task.WhenAll(prompts.Select((prompt, i) => tight.Open(prompt, i).GenerateAsync(s_drawn)));
        AssertSame(actual, expected);
        Assert.That(tight.Metrics.Preemptions, Is.GreaterThan(0));
    }

    [Test]
    public async Task A_fork_goes_on_as_the_original_would_have_and_leaves_it_alone()
    {
        int[] prompt = TestEngine.Prompt(30);
        Generation whole = await Alone(prompt, 3, s_drawn);
        await using var engine = new TestEngine(_backend);
        Session session = engine.Open(prompt, 3);
        Generation first = await session.GenerateAsync(s_drawn with { MaxNewTokens = 13 });
        Session[] forks = [session.Fork(TestEngine.Noise(3)), session.Fork(TestEngine.Noise(4)), session];
        long prefilled = engine.Metrics.PrefilledTokens;
        Generation[] rests = await Task.WhenAll(forks.Select(fork => fork.GenerateAsync(s_drawn with { MaxNewTokens = 27 })));
        Assert.That(engine.Metrics.PrefilledTokens, Is.EqualTo(prefilled), "pages were shared");
        Assert.That(first.Tokens.Concat(rests[0].Tokens), Is.EqualTo(whole.Tokens));
        Assert.That(rests[1].Tokens, Is.Not.EqualTo(rests[0].Tokens));
        Assert.That(rests[2].Tokens, Is.EqualTo(rests[0].Tokens));
    }

    [Test]
    public async Task Rewound_and_continued_otherwise_is_as_if_it_had_always_been_so([Values(1, 29, 30, 31, 40, 53)] int kept)
    {
        int[] prompt = TestEngine.Prompt(30), appended = TestEngine.Prompt(9, 8);
        await using var engine = new TestEngine(_backend);
        Session session = engine.Open(prompt, 3), twin = engine.Open(prompt, 3);
        await session.GenerateAsync(s_drawn with { MaxNewTokens = 23 });
        session.Rewind(kept);
        session.Append(appended);
        int[] tokens = [.. session.Tokens];
        Generation again = await session.GenerateAsync(s_drawn);
        AssertSame([again], [await Alone(tokens, 3, s_drawn)]);
        AssertSame([await twin.GenerateAsync(s_drawn)], [await Alone(prompt, 3, s_drawn)]);
    }

    [Test]
    public async Task One_thread_is_two_threads()
    {
        Assume.That(device, Is.EqualTo(Devices.Cpu), "only the CPU can run on one thread or several");
        var runs = new List<Generation[]>();
        foreach (int threads in new[] { 1, 2 })
        {
            using var backend = new CpuBackend(new CpuOptions { Threads = threads });
            await using var engine = new TestEngine(backend);
            runs.Add(await Task.WhenAll(Enumerable.Range(0, 10).Select(i => engine.Open(TestEngine.Prompt(30 * i + 1, i), i).GenerateAsync(s_drawn))));
        }

        AssertSame(runs[1], runs[0]);
    }

    private async Task<Generation> Alone(int[] prompt, int trace, GenerationOptions options)
    {
        await using var engine = new TestEngine(_backend, new EngineOptions { Pages = 64 }, new LlamaLimits { PageSize = 8 });
        return await engine.Open(prompt, trace).GenerateAsync(options);
    }

    private static void AssertSame(IReadOnlyList<Generation> actual, IReadOnlyList<Generation> expected)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.That(actual[i].Tokens, Is.EqualTo(expected[i].Tokens), $"tokens of session {i}");
            Assert.That(actual[i].LogProbs, Is.EqualTo(expected[i].LogProbs), $"log probabilities of session {i}");
            Assert.That(actual[i].Text, Is.EqualTo(expected[i].Text), $"text of session {i}");
            Assert.That(actual[i].Tokens, Has.Count.EqualTo(actual[i].Drawn));
        }
    }
}
