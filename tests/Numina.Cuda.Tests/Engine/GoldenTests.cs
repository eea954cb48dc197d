using Numina.Cuda.Backends;
using Numina.Cuda.Engine;
using Numina.Cuda.Tests.Model;
using InferenceEngine = Numina.Cuda.Engine.Engine;

namespace Numina.Cuda.Tests.Engine;

/// <summary>The engine's greedy continuations, all prompts of a model at once and in small steps, against Hugging Face transformers' with its cache.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.Fast))]
internal sealed class GoldenTests(string device)
{
    [TestCaseSource(typeof(GoldenModel), nameof(GoldenModel.Folders))]
    public async Task Greedy_continuations_are_Hugging_Faces(string folder)
    {
        using IBackend backend = Devices.Open(device);
        using GoldenModel golden = GoldenModel.Open(backend, folder, contextLength: 100, tokensPerStep: 19);
        // Too few pages for all prompts, so that some are computed again.
        await using var engine = new InferenceEngine(golden.Llama, TestEngine.Tokenizer, new EngineOptions { Pages = 8 });
        await Task.WhenAll(golden.Expected.Prompts.Select(prompt => Compare(engine, golden, prompt)));
    }

    private static async Task Compare(InferenceEngine engine, GoldenModel golden, string prompt)
    {
        int[] expected = golden.Expected.Integers(prompt + "greedy_ids");
        string margin = prompt + "greedy_margin";
        double safe = Numbers.SafeMargin(golden.Llama.Backend.ActivationType);
        int certain = golden.Expected.Has(margin) ? golden.Expected.Numbers(margin).TakeWhile(value => value > safe).Count() : expected.Length;
        using Session session = engine.Open(golden.Expected.Integers(prompt + "input_ids"), default);
        Generation generation = await session.GenerateAsync(new GenerationOptions { Temperature = 0, MaxNewTokens = certain, IgnoreEos = true });
        Assert.That(generation.Tokens, Is.EqualTo(expected.Take(certain)), $"{golden.Folder} {prompt}");
    }
}
