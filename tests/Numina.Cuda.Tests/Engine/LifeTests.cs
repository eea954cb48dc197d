using Numina.Cuda.Engine;
using Numina.Cuda.Model;
using Numina.Cuda.Tests.References;

namespace Numina.Cuda.Tests.Engine;

/// <summary>How generations end, and that nothing is left behind when they do.</summary>
internal sealed class LifeTests
{
    private static readonly int[] s_prompt = TestEngine.Prompt(20);
    private static readonly GenerationOptions s_endless = new() { IgnoreEos = true };

    [Test]
    public async Task Length_ends_after_so_many_tokens([Values(0, 1, 7)] int tokens)
    {
        await using var engine = new TestEngine(new ReferenceBackend());
        using Session session = engine.Open(s_prompt);
        Generation generation = await session.GenerateAsync(s_endless with { MaxNewTokens = tokens });
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.Length));
        Assert.That(generation.Tokens, Has.Count.EqualTo(tokens));
        Assert.That(session.Tokens, Has.Count.EqualTo(s_prompt.Length + tokens));
    }

    [Test]
    public async Task Any_end_token_ends_it_without_text_and_is_not_kept([Values(0, 5, 1499)] int end)
    {
        int[] words = TestEngine.Tokenizer.Encode("What is", addSpecialTokens: false);
        var backend = new ScriptedBackend(s_prompt.Length, [.. words, end, 9]);
        await using var engine = new TestEngine(backend, config: TestEngine.Config with { EosTokens = [0, 5, 1499] });
        using Session session = engine.Open(s_prompt);
        Generation generation = await session.GenerateAsync(new GenerationOptions { LogProbs = true });
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.EndOfSequence));
        Assert.That(generation.Text, Is.EqualTo("What is"));
        Assert.That(generation.Tokens, Is.EqualTo(words));
        Assert.That(generation.LogProbs, Is.EqualTo(words.Select((_, i) => (float)-i)));
        Assert.That(generation.Drawn, Is.EqualTo(words.Length + 1));
    }

    [Test]
    public async Task A_full_context_ends_it([Values] bool byPages)
    {
        EngineOptions options = new() { Pages = byPages ? 5 : 100 };
        LlamaLimits limits = TestEngine.Limits with { ContextLength = byPages ? 0 : 40 };
        await using var engine = new TestEngine(new ReferenceBackend(), options, limits);
        using Session session = engine.Open(s_prompt);
        Generation generation = await session.GenerateAsync(s_endless);
        Assert.That(engine.Engine.ContextLimit, Is.EqualTo(40));
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.ContextFull));
        Assert.That(session.Tokens, Has.Count.EqualTo(40));
        Generation again = await session.GenerateAsync(s_endless);
        Assert.That((again.Reason, again.Text, again.Drawn), Is.EqualTo((FinishReason.ContextFull, "", 0)));
    }

    [Test]
    public async Task A_prompt_longer_than_the_context_gives_nothing_and_harms_nobody()
    {
        await using var engine = new TestEngine(new ReferenceBackend(), new EngineOptions { Pages = 5 });
        using Session tooLong = engine.Open(TestEngine.Prompt(300)), fits = engine.Open(s_prompt);
        Task<Generation> running = fits.GenerateAsync(s_endless with { MaxNewTokens = 10 });
        Generation generation = await tooLong.GenerateAsync(s_endless);
        Assert.That((generation.Reason, generation.Text), Is.EqualTo((FinishReason.ContextFull, "")));
        Assert.That((await running).Reason, Is.EqualTo(FinishReason.Length));
    }

    [Test]
    public async Task Cancelling_ends_it_with_the_text_so_far_and_disposing_frees_the_pages()
    {
        await using var engine = new TestEngine(new ReferenceBackend());
        using var cancel = new CancellationTokenSource();
        Session session = engine.Open(s_prompt);
        int told = 0;
        Generation generation = await session.GenerateAsync(s_endless, _ => CancelAtFifth(), cancel.Token);
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.Cancelled));
        Assert.That(generation.Tokens, Has.Count.GreaterThan(4).And.Count.LessThan(200));
        Assert.That(session.Tokens, Is.EqualTo(s_prompt.Concat(generation.Tokens)));
        Assert.That(engine.Metrics.PagesUsed, Is.GreaterThan(0));
        session.Dispose();
        Assert.That(engine.Metrics.PagesUsed, Is.Zero);

        void CancelAtFifth()
        {
            if (++told == 5)
            {
                cancel.Cancel();
            }
        }
    }

    [Test]
    public async Task Already_cancelled_does_nothing()
    {
        await using var engine = new TestEngine(new ReferenceBackend());
        using Session session = engine.Open(s_prompt);
        Generation generation = await session.GenerateAsync(s_endless, cancel: new CancellationToken(canceled: true));
        Assert.That(generation.Reason, Is.EqualTo(FinishReason.Cancelled));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Disposing_a_session_that_generates_ends_it_and_frees_its_pages(CancellationToken timeout)
    {
        await using var engine = new TestEngine(new ReferenceBackend());
        Session session = engine.Open(s_prompt);
        var begun = new TaskCompletionSource();
        Task<Generation> running = session.GenerateAsync(s_endless, _ => begun.TrySetResult(), CancellationToken.None);
        await begun.Task.WaitAsync(timeout);
        session.Dispose();
        Assert.That((await running.WaitAsync(timeout)).Reason, Is.EqualTo(FinishReason.Cancelled));
        Assert.That(engine.Metrics.PagesUsed, Is.Zero);
        Assert.That(() => session.Append([1]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Disposing_the_engine_ends_what_runs(CancellationToken timeout)
    {
        var engine = new TestEngine(new ReferenceBackend(), new EngineOptions { Pages = 20 });
        Session[] sessions = [.. Enumerable.Range(0, 10).Select(i => engine.Open(TestEngine.Prompt(20, i), i))];
        Task<Generation>[] running = [.. sessions.Select(session => session.GenerateAsync(s_endless, cancel: CancellationToken.None))];
        await Task.Delay(50, timeout);
        await engine.DisposeAsync().AsTask().WaitAsync(timeout);
        foreach (Generation generation in await Task.WhenAll(running).WaitAsync(timeout))
        {
            Assert.That(generation.Reason, Is.EqualTo(FinishReason.Cancelled));
        }

        Assert.That(async () => await sessions[0].GenerateAsync(s_endless, cancel: timeout), Throws.TypeOf<ObjectDisposedException>());
        Array.ForEach(sessions, session => session.Dispose());
    }

    [Test]
    public async Task A_callback_that_throws_fails_its_own_generation_only()
    {
        await using var engine = new TestEngine(new ReferenceBackend());
        using Session broken = engine.Open(s_prompt), sound = engine.Open(s_prompt, 1);
        Task<Generation> running = sound.GenerateAsync(s_endless with { MaxNewTokens = 30 });
        Assert.That(async () => await broken.GenerateAsync(s_endless, _ => throw new FormatException("no")), Throws.TypeOf<FormatException>());
        Assert.That((await running).Reason, Is.EqualTo(FinishReason.Length));
        Assert.That((await broken.GenerateAsync(s_endless with { MaxNewTokens = 2 })).Reason, Is.EqualTo(FinishReason.Length));
    }

    [Test]
    public async Task A_failing_device_fails_what_runs_and_every_later_call()
    {
        var backend = new ScriptedBackend(s_prompt.Length, [], []) { Drawing = () => throw new InvalidDataException("the device is gone") };
        await using var engine = new TestEngine(backend);
        using Session first = engine.Open(s_prompt), second = engine.Open(s_prompt, 1);
        Task<Generation>[] running = [first.GenerateAsync(s_endless), second.GenerateAsync(s_endless)];
        foreach (Task<Generation> generation in running)
        {
            Assert.That(async () => await generation, Throws.TypeOf<EngineException>().With.Message.Contains("failed: the device is gone").And.InnerException.TypeOf<InvalidDataException>());
        }

        Assert.That(() => engine.Open(s_prompt), Throws.TypeOf<EngineException>().With.Message.StartsWith("the engine has failed: step of ").And.Message.Contains("the device is gone"));
    }

    [Test]
    public async Task Misuse_is_refused_with_a_reason()
    {
        await using var engine = new TestEngine(new ReferenceBackend());
        Assert.That(() => engine.Open([]), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => engine.Open([1, 1536]), Throws.ArgumentException.With.Message.Contains("1536"));
        using Session session = engine.Open(s_prompt);
        Assert.That(() => session.Append([-1]), Throws.ArgumentException.With.Message.Contains("-1"));
        Assert.That(() => session.Rewind(0), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => session.Rewind(21), Throws.InstanceOf<ArgumentException>());
        foreach (GenerationOptions bad in new GenerationOptions[]
        {
            new() { Temperature = -1 }, new() { Temperature = float.NaN }, new() { TopP = 0 }, new() { TopP = 1.1f }, new() { MinP = -0.1f }, new() { TopK = -1 },
            new() { RepetitionPenalty = 0 }, new() { MaxNewTokens = -1 }, new() { Stop = [""] },
        })
        {
            Assert.That(async () => await session.GenerateAsync(bad), Throws.ArgumentException);
        }

        Task<Generation> running = session.GenerateAsync(s_endless);
        Assert.That(() => session.Append([1]), Throws.InvalidOperationException);
        Assert.That(() => session.Rewind(1), Throws.InvalidOperationException);
        Assert.That(() => session.Fork(TestEngine.Noise(1)), Throws.InvalidOperationException);
        Assert.That(async () => await session.GenerateAsync(s_endless), Throws.InvalidOperationException);
        session.Dispose();
        await running;
    }
}
