using System.Text.Json;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Cli;

/// <summary>The program on the emulated CUDA device, as a user would run it on a GPU.</summary>
[TestFixture]
internal sealed class EmulatedDeviceTests
{
    private const string DeviceLine = "device: CUDA device 0: CUDA emulator sm_80, sm_80, 4 multiprocessors, 8192 MiB, F16";
    private static readonly string s_model = Path.Combine(Reference.Repository, "src", "Numina.Cuda.Cli", "Demo");

    [Test]
    public async Task The_demo_is_solved_as_on_the_cpu()
    {
        string[] run = ["run", "--limit", "2", "--samples", "2", "--problems-at-once", "2", "--json"];
        ProgramResult emulated = await Program.RunAsync(EmulatedDevice.Environment(), [.. run, "--device", "cuda"]);
        Assert.That(emulated.ExitCode, Is.Zero, emulated.Error);
        Assert.That(emulated.Error.Split('\n'), Has.Member(DeviceLine).And.Some.StartsWith("cache: 32.0 MiB for 8,192 tokens, all that 4 x 2,048 tokens can use"));
        ProgramResult cpu = await Program.RunAsync([.. run, "--device", "cpu"]);
        JsonElement ours = JsonDocument.Parse(emulated.Output).RootElement, theirs = JsonDocument.Parse(cpu.Output).RootElement;
        Assert.That((Number(ours, "problems"), Number(ours, "samples"), Number(ours, "without_vote")), Is.EqualTo((2.0, 2.0, 0.0)), emulated.Output);
        Assert.That((Number(ours, "majority_correct"), Number(ours, "accuracy")), Is.EqualTo((2.0, 1.0)), emulated.Output);
        Assert.That(Number(theirs, "majority_correct"), Is.EqualTo(2), cpu.Output);
        Assert.That(Number(ours, "executions"), Is.GreaterThanOrEqualTo(2), emulated.Output);
    }

    [Test]
    public async Task Greedy_text_is_the_cpus()
    {
        string[] generate = ["generate", s_model, "--chat", "--prompt", "What is 12 + 30?", "--max-new-tokens", "100", "--json"];
        ProgramResult emulated = await Program.RunAsync(EmulatedDevice.Environment(), [.. generate, "--device", "cuda"]), cpu = await Program.RunAsync([.. generate, "--device", "cpu"]);
        Assert.That((emulated.ExitCode, cpu.ExitCode), Is.EqualTo((0, 0)), emulated.Error + cpu.Error);
        Assert.That(emulated.Output, Is.EqualTo(cpu.Output).And.Contains("\"tokens\":["));
    }

    [Test]
    public async Task The_demo_model_is_the_references()
    {
        ProgramResult result = await Program.RunAsync(
            EmulatedDevice.Environment(), "verify", s_model, "--reference", Reference.Path("demo/expected.safetensors"), "--device", "cuda", "--json");
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        Assert.That(result.Output, Does.Contain("greedy_ids").And.Contain("logits").And.Not.Contain("\"passed\":false"));
    }

    [TestCase("--nmse", "1e-9")]
    [TestCase("--tolerance", "1e-3")]
    public async Task What_fp16_cannot_reach_is_over_the_tolerance(string option, string value)
    {
        ProgramResult result = await Program.RunAsync(
            EmulatedDevice.Environment(), "verify", s_model, "--reference", Reference.Path("demo/expected.safetensors"), "--device", "cuda", "--json", option, value);
        Assert.That(result.ExitCode, Is.EqualTo(1), result.Output + result.Error);
        Assert.That(result.Output.Split('\n').Where(line => line.Contains("\"passed\":false", StringComparison.Ordinal)), Has.Some.Contains(".logits\""));
    }

    [Test]
    public async Task Auto_takes_the_device_where_there_is_one_and_says_why_not_where_there_is_none()
    {
        string[] generate = ["generate", s_model, "--prompt", "2", "--max-new-tokens", "1", "--device"];
        ProgramResult there = await Program.RunAsync(EmulatedDevice.Environment(), [.. generate, "auto"]);
        Assert.That(there.ExitCode, Is.Zero, there.Error);
        Assert.That(there.Error.Split('\n'), Has.Member(DeviceLine));

        Dictionary<string, string> none = EmulatedDevice.Environment(("EMU_DEVICES", "0"));
        ProgramResult absent = await Program.RunAsync(none, [.. generate, "auto"]);
        Assert.That(absent.ExitCode, Is.Zero, absent.Error);
        Assert.That(absent.Error, Does.Match(@"^device: CPU, .* \(no CUDA device: the driver shows none\)"));

        ProgramResult refused = await Program.RunAsync(none, [.. generate, "cuda"]);
        Assert.That((refused.ExitCode, refused.Output, refused.Complaints.Length), Is.EqualTo((1, "", 1)), refused.Error);
        Assert.That(refused.Complaints[0], Is.EqualTo("numina-cuda: --device cuda: no CUDA device: the driver shows none"));
    }

    [Test]
    public async Task Kernels_and_the_demo_lie_in_the_users_cache_folder()
    {
        string cache = Directory.CreateTempSubdirectory("numina-cache-").FullName;
        try
        {
            ProgramResult result = await Program.RunAsync(EmulatedDevice.Environment(("XDG_CACHE_HOME", cache)), "solve", "What is 2 + 3?", "--device", "cuda", "--samples", "1", "--max-new-tokens", "1");
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(Directory.EnumerateFileSystemEntries(cache), Is.EqualTo(new[] { Path.Combine(cache, "numina-cuda") }));
            Assert.That(Directory.EnumerateFiles(Path.Combine(cache, "numina-cuda", "kernels"), "*.cubin").Count(), Is.GreaterThan(5));
            Assert.That(Directory.EnumerateDirectories(Path.Combine(cache, "numina-cuda"), "demo-*").Count(), Is.EqualTo(1));
        }
        finally
        {
            Directory.Delete(cache, recursive: true);
        }
    }

    private static double Number(JsonElement summary, string name) => summary.GetProperty(name).GetDouble();
}
