using CsCheck;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Tests.Weights;

/// <summary>A damaged folder is refused in one line, or every weight of it can be computed: no index leads out of a tensor, no scale is infinite.</summary>
[TestFixture]
internal sealed class CheckpointMutationTests
{
    private static readonly string[] Files = ["config.json", "quantize_config.json", "model.safetensors"];
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Damaged_folders_are_refused_or_can_be_dequantised()
    {
        string control = Reference.Path("goldens/gptq/bad/ok-control");
        byte[] config = File.ReadAllBytes(Path.Combine(control, Files[0]));
        byte[][] originals = [config, """{"bits":8,"group_size":32,"desc_act":true,"sym":true}"""u8.ToArray(), File.ReadAllBytes(Path.Combine(control, Files[2]))];
        int opened = 0;
        Gen.Select(Gen.Int[0, 2], Gen.Double.Unit, Gen.Byte, Gen.Char["0123456789[]{},:\" e-.truefalsnl"], Gen.Bool).Sample(
            (which, at, value, letter, textual) =>
            {
                for (int i = 0; i < Files.Length; i++)
                {
                    byte[] bytes = [.. originals[i]];
                    bytes[(int)(at * bytes.Length)] = i == which ? textual ? (byte)letter : value : bytes[(int)(at * bytes.Length)];
                    _folder.Write(Files[i], bytes);
                }

                opened += CanBeComputed() ? 1 : 0;
            },
            iter: 1_000,
            threads: 1);
        Assert.That(opened, Is.InRange(50, 950), "the damage should be neither always fatal nor always harmless");
    }

    private bool CanBeComputed()
    {
        try
        {
            using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
            foreach (LayerWeights layer in checkpoint.Weights.Layers)
            {
                foreach (LinearWeights linear in (LinearWeights[])[layer.Query, layer.Key, layer.Value, layer.Output, layer.Gate, layer.Up, layer.Down])
                {
                    var row = new float[linear.Matrix.Columns];
                    for (int n = 0; n < linear.Matrix.Rows; n++)
                    {
                        ((QuantizedMatrix)linear.Matrix).DequantizeRow(n, row);
                        Assert.That(row.All(float.IsFinite));
                    }
                }
            }

            return true;
        }
        catch (CheckpointException error)
        {
            Assert.That(error.Message, Does.StartWith(_folder.Path));
            Assert.That(error.Message.Any(char.IsControl), Is.False, error.Message);
            return false;
        }
    }
}
