using System.Buffers.Binary;
using System.Text.Json;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Tests.Weights;

namespace Numina.Cuda.Tests.Cli;

/// <summary>A checkpoint whose numbers give no distribution: found at the first draw, and told in one line with the step it happened in.</summary>
[TestFixture]
internal sealed class DamagedWeightsTests
{
    private const byte HalfNaN = 0x7e;

    [Test]
    public async Task A_weight_that_is_no_number_ends_in_one_line([Values("cpu", "cuda")] string device)
    {
        using var folder = new TemporaryFolder();
        string demo = Path.Combine(Reference.Repository, "src", "Numina.Cuda.Cli", "Demo");
        foreach (string file in Directory.EnumerateFiles(demo))
        {
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        Damage(Path.Combine(folder.Path, "model.safetensors"), "model.norm.weight");
        ProgramResult result = await Program.RunAsync(device == "cuda" ? EmulatedDevice.Environment() : null, "generate", folder.Path, "--prompt", "2", "--device", device);
        Assert.That((result.ExitCode, result.Output, result.Complaints.Length), Is.EqualTo((1, "", 1)), result.Error);
        Assert.That(result.Complaints[0], Does.Match(@"step of 1 sequence, \d+ tokens?, .* failed: row 0 of the logits is not a distribution"));
        Assert.That(result.Error, Does.Not.Contain("   at "));
    }

    /// <summary>Makes every element of an fp16 tensor a NaN.</summary>
    private static void Damage(string path, string tensor)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using JsonDocument json = JsonDocument.Parse(file.AsMemory(sizeof(ulong), header));
        JsonElement entry = json.RootElement.GetProperty(tensor), offsets = entry.GetProperty("data_offsets");
        Assert.That(entry.GetProperty("dtype").GetString(), Is.EqualTo("F16"));
        file.AsSpan(sizeof(ulong) + header + offsets[0].GetInt32(), offsets[1].GetInt32() - offsets[0].GetInt32()).Fill(HalfNaN);
        File.WriteAllBytes(path, file);
    }
}
