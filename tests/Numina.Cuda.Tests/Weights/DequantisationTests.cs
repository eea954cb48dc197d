using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>goldens/gptq: every linear of every folder, dequantised, against checksums and rows that numpy computed from the tools' files.</summary>
[TestFixture]
internal sealed class DequantisationTests
{
    private const string Root = "goldens/gptq";

    private static IEnumerable<string> Folders() => Reference.Find(Root) is { } root
        ? Directory.GetDirectories(root).Where(folder => File.Exists(Path.Combine(folder, "meta.json"))).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)
        : ["q8-g128-act"];

    [TestCaseSource(nameof(Folders))]
    public void Every_linear_has_the_expected_checksum(string folder)
    {
        string path = Reference.Path($"{Root}/{folder}");
        using Checkpoint checkpoint = Checkpoint.Open(path);
        using JsonDocument meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "meta.json")));
        int compared = 0;
        foreach (JsonProperty linear in meta.RootElement.GetProperty("linears").EnumerateObject())
        {
            float[] weights = Dequantised(Find(checkpoint.Weights, linear.Name), int.MaxValue);
            string hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(weights)));
            Assert.That(hash, Is.EqualTo(linear.Value.GetProperty("sha256").GetString()), linear.Name);
            compared++;
        }

        Assert.That(compared, Is.EqualTo(7 * checkpoint.Config.Layers));
    }

    [TestCaseSource(nameof(Folders))]
    public void First_rows_equal_the_expected_ones(string folder)
    {
        string path = Reference.Path($"{Root}/{folder}");
        using Checkpoint checkpoint = Checkpoint.Open(path);
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(path, "expected.safetensors"));
        string[] names = [.. expected.Names.Where(name => name.StartsWith("dequant.", StringComparison.Ordinal))];
        Assert.That(names, Has.Length.EqualTo(3));
        foreach (string name in names)
        {
            float[] weights = Dequantised(Find(checkpoint.Weights, name["dequant.".Length..^".rows0_64".Length]), 64);
            Assert.That(weights.AsSpan().SequenceEqual(expected.Get(name).AsSpan<float>()), name);
        }
    }

    /// <summary>Group order is decided by g_idx: static_groups has desc_act true and whole runs all the same.</summary>
    [TestCase("q8-g128-act", true)]
    [TestCase("q4-g128-act", true)]
    [TestCase("q8-g128-act-autogptq", true)]
    [TestCase("q8-g128", false)]
    [TestCase("q8-g32-static-act", false)]
    [TestCase("q8-gm1", false)]
    [TestCase("awq-q4-g128", false)]
    public void Group_index_is_kept_only_where_it_permutes(string folder, bool permuted)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Reference.Path($"{Root}/{folder}"));
        Assert.That(((QuantizedMatrix)checkpoint.Weights.Layers[0].Query.Matrix).GroupIndex is not null, Is.EqualTo(permuted));
    }

    private static WeightMatrix Find(ModelWeights weights, string name)
    {
        string[] parts = name.Split('.');
        LayerWeights layer = weights.Layers[int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)];
        return parts[^1] switch
        {
            "q_proj" => layer.Query.Matrix,
            "k_proj" => layer.Key.Matrix,
            "v_proj" => layer.Value.Matrix,
            "o_proj" => layer.Output.Matrix,
            "gate_proj" => layer.Gate.Matrix,
            "up_proj" => layer.Up.Matrix,
            _ => layer.Down.Matrix,
        };
    }

    private static float[] Dequantised(WeightMatrix matrix, int mostRows)
    {
        var quantized = (QuantizedMatrix)matrix;
        int rows = Math.Min(mostRows, matrix.Rows);
        var weights = new float[rows * matrix.Columns];
        for (int n = 0; n < rows; n++)
        {
            quantized.DequantizeRow(n, weights.AsSpan(n * matrix.Columns, matrix.Columns));
        }

        return weights;
    }
}
