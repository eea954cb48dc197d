using Numina.Cuda.Backends;
using Numina.Cuda.Model;

namespace Numina.Cuda.Tests.Model;

/// <summary>Whole models against what Hugging Face transformers computes in fp32 from the same files.</summary>
[TestFixtureSource(nameof(Cases))]
internal sealed class LlamaGoldenTests(string device, string folder)
{
    private const int LongestText = 100;

    private IBackend? _backend;
    private GoldenModel _golden = null!;

    /// <summary>The scalar reference is too slow for the quantised models, which it shares all code with.</summary>
    public static IEnumerable<object[]> Cases =>
    [
        .. GoldenModel.LlamaFolders.Select(folder => new object[] { Devices.Reference, folder }),
        .. Devices.Fast.SelectMany(device => GoldenModel.Folders.Select(folder => new object[] { device, folder })),
    ];

    [OneTimeSetUp]
    public void Open()
    {
        _backend = Devices.Open(device);
        _golden = GoldenModel.Open(_backend, folder, LongestText);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _golden?.Dispose();
        _backend?.Dispose();
    }

    [Test]
    public void Hidden_states_and_logits_are_Hugging_Faces()
    {
        foreach (string prompt in _golden.Expected.Prompts)
        {
            _golden.AssertStates(prompt);
        }
    }

    [Test]
    public void Greedy_continuations_are_Hugging_Faces_up_to_the_first_doubtful_margin()
    {
        double safe = Numbers.SafeMargin(_backend!.ActivationType);
        int compared = 0;
        foreach (string prompt in _golden.Expected.Prompts)
        {
            int[] expected = _golden.Expected.Integers(prompt + "greedy_ids");
            string margin = prompt + "greedy_margin";
            // Where no margins are given, none is under 0.05.
            int certain = _golden.Expected.Has(margin) ? _golden.Expected.Numbers(margin).TakeWhile(value => value > safe).Count() : expected.Length;
            compared += certain;
            Assert.That(_golden.Continue(_golden.Expected.Integers(prompt + "input_ids"), certain), Is.EqualTo(expected.Take(certain)), prompt);
        }

        Assert.That(compared, Is.GreaterThan(0), "no prompt says anything");
    }

    [Test]
    public void Log_probabilities_and_losses_are_Hugging_Faces()
    {
        string[] prompts = [.. _golden.Expected.Prompts.Where(prompt => _golden.Expected.Has(prompt + "nll"))];
        Assume.That(prompts, Is.Not.Empty, "the folder has no losses");
        foreach (string prompt in prompts)
        {
            int[] tokens = _golden.Expected.Integers(prompt + "input_ids");
            double[][] rows = [.. _golden.Logits(tokens).Select(LogSoftmax)];
            double[] losses = [.. tokens.Skip(1).Select((token, t) => -rows[t][token])];
            Numbers.AssertClose(losses, _golden.Expected.Numbers(prompt + "nll"), _backend!.ActivationType, $"{prompt}nll");
            Numbers.AssertClose(rows[^1], _golden.Expected.Numbers(prompt + "logprobs_last"), _backend!.ActivationType, $"{prompt}logprobs_last");
        }
    }

    private static double[] LogSoftmax(float[] logits)
    {
        double largest = logits.Max(), log = Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
        return [.. logits.Select(logit => logit - largest - log)];
    }
}
