using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Cli;

/// <summary>What verify says of a model that is the reference's, and of one that is nearly it.</summary>
public sealed class VerifyTests
{
    private const string Model = "goldens/llama/mha";

    [Test]
    public async Task The_references_own_model_passes()
    {
        ProgramResult result = await VerifyAsync($"{Model}/expected.safetensors");
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        Assert.That(result.Output, Does.Contain("\"p2.greedy_ids\"").And.Not.Contain("\"passed\":false"));
    }

    [Test]
    public async Task The_same_weights_rounded_otherwise_are_over_the_tolerances()
    {
        // "sharded" holds mha's weights in bf16 instead of fp16.
        ProgramResult result = await VerifyAsync("goldens/llama/sharded/expected.safetensors");
        Assert.That(result.ExitCode, Is.EqualTo(1), result.Output + result.Error);
        string[] over = [.. result.Output.Split('\n').Where(line => line.Contains("\"passed\":false", StringComparison.Ordinal))];
        Assert.That(over, Has.Some.Contains("\"p0.logits\"").And.Some.Contains("\"p0.layer.0\""));
    }

    private static Task<ProgramResult> VerifyAsync(string reference) =>
        Program.RunAsync("verify", Reference.Path(Model), "--reference", Reference.Path(reference), "--device", "cpu", "--json");
}
