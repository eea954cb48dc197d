using Numina.Cuda.Backends;
using Numina.Cuda.Model;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Evaluation;

/// <summary>One compared item of a reference file.</summary>
/// <param name="Name">As the file names it, prefix included: "p0.layer.3".</param>
/// <param name="MaxAbsolute">Largest absolute difference; null for tokens.</param>
/// <param name="Nmse">Normalised mean squared error; null for tokens.</param>
/// <param name="Kl">Largest KL divergence of a row in nats; logits only.</param>
/// <param name="FirstDifference">Index of the first greedy token that differs; null when all agree, or for values.</param>
/// <param name="Note">For people: the margin at the first difference, or how many tokens agree.</param>
/// <param name="Passed">Within the tolerances.</param>
public sealed record VerifiedItem(string Name, double? MaxAbsolute, double? Nmse, double? Kl, int? FirstDifference, string Note, bool Passed);

/// <summary>
/// Runs a model on the prompts of a reference file and compares what the file holds: (prefix.)input_ids, and any of embed, layer.I, norm, logits, logprobs_last,
/// greedy_ids with greedy_margin. What a file lacks is not compared.
/// </summary>
public sealed class Verifier(Llama model, Tolerances tolerances)
{
    private const string Ids = "input_ids";

    /// <summary>Compares prompt by prompt. Throws <see cref="CheckpointException"/> when the file has no prompt or a tensor's shape is not the model's.</summary>
    public IEnumerable<VerifiedItem> Verify(SafetensorsFile reference)
    {
        string[] prefixes = [.. reference.Names.Where(name => name == Ids || name.EndsWith('.' + Ids)).Select(name => name[..^Ids.Length]).Order(StringComparer.Ordinal)];
        if (prefixes.Length == 0)
        {
            throw new CheckpointException(reference.FilePath, Ids, "the tokens of at least one prompt", "none");
        }

        return prefixes.SelectMany(prefix => Prompt(reference, prefix));
    }

    private IEnumerable<VerifiedItem> Prompt(SafetensorsFile reference, string prefix)
    {
        int[] tokens = Tokens(reference, prefix + Ids);
        if (tokens.FirstOrDefault(token => (uint)token >= (uint)model.Config.VocabularySize, -1) is not -1 and var foreign)
        {
            throw new CheckpointException(reference.FilePath, prefix + Ids, $"tokens below the model's vocabulary of {model.Config.VocabularySize}", $"{foreign}");
        }

        int[] greedy = reference.Contains(prefix + "greedy_ids") ? Tokens(reference, prefix + "greedy_ids") : [];
        using var sequence = new VerifiedSequence(model, tokens.Length + greedy.Length);

        var items = new List<VerifiedItem>();
        float[] logits = sequence.Extend(tokens, (name, states) =>
        {
            if (reference.Contains(prefix + name))
            {
                float[] expected = Values(reference, prefix + name, tokens.Length, model.Config.HiddenSize);
                Difference difference = Difference.Between(sequence.Read(states), expected);
                items.Add(new VerifiedItem(prefix + name, difference.MaxAbsolute, difference.Nmse, null, null, "", difference.Nmse <= tolerances.Nmse));
            }
        });
        if (reference.Contains(prefix + "logits"))
        {
            items.Add(Logits(prefix + "logits", logits, Values(reference, prefix + "logits", tokens.Length, model.Config.VocabularySize)));
        }

        if (reference.Contains(prefix + "logprobs_last"))
        {
            float[] last = logits[^model.Config.VocabularySize..];
            items.Add(Logits(prefix + "logprobs_last", LogSoftmax(last), Values(reference, prefix + "logprobs_last", 1, model.Config.VocabularySize)));
        }

        if (greedy.Length > 0)
        {
            items.Add(Greedy(reference, prefix, sequence, logits, greedy));
        }

        return items;
    }

    private VerifiedItem Logits(string name, float[] actual, float[] expected)
    {
        int width = model.Config.VocabularySize;
        Difference difference = Difference.Between(actual, expected);
        double divergence = Enumerable.Range(0, actual.Length / width)
            .Max(row => Difference.KullbackLeibler(actual.AsSpan(row * width, width), expected.AsSpan(row * width, width)));
        return new VerifiedItem(name, difference.MaxAbsolute, difference.Nmse, divergence, null, "", tolerances.Accept(difference));
    }

    private VerifiedItem Greedy(SafetensorsFile reference, string prefix, VerifiedSequence sequence, float[] logits, int[] expected)
    {
        string name = prefix + "greedy_ids";
        float[]? margins = reference.Contains(prefix + "greedy_margin") ? Values(reference, prefix + "greedy_margin", 1, expected.Length) : null;
        for (int i = 0; i < expected.Length; i++)
        {
            int best = ArgMax(logits.AsSpan(logits.Length - model.Config.VocabularySize));
            if (best != expected[i])
            {
                bool close = margins is not null && margins[i] < tolerances.Margin;
                string margin = margins is null ? "" : $" where the reference's margin is {margins[i]:g3}";
                return new VerifiedItem(name, null, null, null, i, $"token {i} is {best}, expected {expected[i]}{margin}", close);
            }

            logits = i + 1 < expected.Length ? sequence.Extend([best], null) : logits;
        }

        return new VerifiedItem(name, null, null, null, null, $"all {expected.Length} tokens agree", true);
    }

    private static int ArgMax(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            best = row[i] > row[best] ? i : best;
        }

        return best;
    }

    private static float[] LogSoftmax(float[] row)
    {
        double largest = row.Max();
        double norm = largest + Math.Log(row.Sum(value => Math.Exp(value - largest)));
        return [.. row.Select(value => (float)(value - norm))];
    }

    private static int[] Tokens(SafetensorsFile reference, string name)
    {
        Tensor tensor = reference.Get(name);
        return tensor.Type switch
        {
            DType.I32 => tensor.AsSpan<int>().ToArray(),
            DType.I64 => [.. tensor.AsSpan<long>().ToArray().Select(token => checked((int)token))],
            _ => throw new CheckpointException(reference.FilePath, name, "I32 or I64", tensor.Type.Name()),
        };
    }

    private static float[] Values(SafetensorsFile reference, string name, int rows, int width)
    {
        Tensor tensor = reference.Get(name);
        return tensor.Type == DType.F32 && tensor.Count == (long)rows * width
            ? tensor.AsSpan<float>().ToArray()
            : throw new CheckpointException(reference.FilePath, name, $"F32 [{rows}, {width}]", $"{tensor.Type.Name()} {tensor.Shape}");
    }
}
