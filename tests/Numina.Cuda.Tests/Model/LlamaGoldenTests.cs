using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Tests.References;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Model;

/// <summary>Whole models against what Hugging Face transformers computes in fp32 from the same files.</summary>
[TestFixtureSource(typeof(Devices), nameof(Devices.All))]
internal sealed class LlamaGoldenTests(string device)
{
    private const double Tolerance = 2e-4;
    private const double SafeMargin = 1e-3;
    private const int LongestPrompt = 100;

    private static IEnumerable<string> WithLosses => GoldenModel.LlamaFolders.Select(name => $"goldens/llama/{name}");

    private IBackend _backend = null!;

    [OneTimeSetUp]
    public void Open() => _backend = Devices.Open(device);

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [TestCaseSource(typeof(GoldenModel), nameof(GoldenModel.Folders))]
    public void Hidden_states_and_logits_are_Hugging_Faces(string folder)
    {
        using GoldenModel golden = GoldenModel.Open(_backend, folder, LongestPrompt);
        foreach (string prompt in golden.Expected.Prompts)
        {
            golden.AssertStates(prompt, Tolerance);
        }
    }

    [TestCaseSource(typeof(GoldenModel), nameof(GoldenModel.Folders))]
    public void Greedy_continuations_are_Hugging_Faces_up_to_the_first_doubtful_margin(string folder)
    {
        using GoldenModel golden = GoldenModel.Open(_backend, folder, LongestPrompt);
        foreach (string prompt in golden.Expected.Prompts)
        {
            int[] expected = golden.Expected.Integers(prompt + "greedy_ids");
            double[] margins = golden.Expected.Has(prompt + "greedy_margin") ? golden.Expected.Numbers(prompt + "greedy_margin") : [.. expected.Select(_ => 1.0)];
            int certain = margins.TakeWhile(margin => margin > SafeMargin).Count();
            int[] continued = golden.Continue(golden.Expected.Integers(prompt + "input_ids"), certain);
            Assert.That(continued, Is.EqualTo(expected.Take(certain)), $"{folder} {prompt}");
        }
    }

    [TestCaseSource(nameof(WithLosses))]
    public void Log_probabilities_and_losses_are_Hugging_Faces(string folder)
    {
        using GoldenModel golden = GoldenModel.Open(_backend, folder, LongestPrompt);
        foreach (string prompt in golden.Expected.Prompts)
        {
            int[] tokens = golden.Expected.Integers(prompt + "input_ids");
            double[][] rows = [.. golden.Logits(tokens).Select(LogSoftmax)];
            double[] losses = [.. tokens.Skip(1).Select((token, t) => -rows[t][token])];
            Numbers.AssertClose(losses, golden.Expected.Numbers(prompt + "nll"), Tolerance, $"{folder} {prompt}nll");
            Numbers.AssertClose(rows[^1], golden.Expected.Numbers(prompt + "logprobs_last"), Tolerance, $"{folder} {prompt}logprobs_last");
        }
    }

    private static double[] LogSoftmax(float[] logits)
    {
        double largest = logits.Max(), log = Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
        return [.. logits.Select(logit => logit - largest - log)];
    }
}
