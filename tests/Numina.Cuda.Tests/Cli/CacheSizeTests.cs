using Numina.Cuda.Cli;
using Numina.Cuda.Cli.Options;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Cli;

/// <summary>
/// How much memory the key-value cache gets. The demo model's sequence of 2,048 tokens takes 8 MiB in fp16 (4 layers, keys and values, 4 heads of 64: 4 KiB a token), 16 in fp32.
/// </summary>
[TestFixture]
internal sealed class CacheSizeTests
{
    private const long Mebibyte = 1 << 20;
    private static readonly string s_model = Path.Combine(Reference.Repository, "src", "Numina.Cuda.Cli", "Demo");

    [Test]
    public void A_gpu_keeps_a_tenth_and_at_least_256_MiB_and_the_attentions_workspace()
    {
        CacheRoom large = CacheRoom.OnGpu(10_000 * Mebibyte, 25 * Mebibyte), small = CacheRoom.OnGpu(1_000 * Mebibyte, 25 * Mebibyte), none = CacheRoom.OnGpu(200 * Mebibyte, 0);
        Assert.That((large.Usable, small.Usable, none.Usable), Is.EqualTo((8_975 * Mebibyte, 719 * Mebibyte, 0L)));
        Assert.That(large.Rule, Is.EqualTo("less 1,025.0 MiB for workspaces"));
    }

    [Test]
    public void The_host_gives_a_quarter_of_its_memory_or_what_is_left()
    {
        Assert.That(CacheRoom.OnHost(16_000, 12_000).Usable, Is.EqualTo(4_000));
        Assert.That(CacheRoom.OnHost(16_000, 1_000).Usable, Is.EqualTo(1_000));
        Assert.That(HostMemory.ReadAvailable(["MemTotal:       8000 kB", "MemFree:        1000 kB", "MemAvailable:   5000 kB"]), Is.EqualTo(5000 * 1024));
        Assert.That(HostMemory.ReadAvailable(["MemTotal:       8000 kB"]), Is.Null);
        Assert.That(HostMemory.Available, Is.InRange(1, HostMemory.Total));
    }

    [Test]
    public async Task On_a_small_device_the_cache_takes_what_the_weights_leave()
    {
        (LoadedModel loaded, string line) = Open("400", sequences: 48);
        await using (loaded)
        {
            // 400 MiB less 4 of weights and 2 of activations, less 256 and the attention's 48 sequences * 4 heads * 16 splits * 66 floats.
            int tokens = loaded.Engine.Metrics.Pages * 16;
            Assert.That(tokens * 4096L, Is.InRange(130 * Mebibyte, 140 * Mebibyte));
            Assert.That(line, Does.Match(@"^cache: 13\d\.\d MiB for ").And.Contain($"for {tokens:N0} tokens, what there is (39").And.EndsWith("of weights, less 256.8 MiB for workspaces)"));
        }
    }

    [Test]
    public async Task On_a_large_device_it_takes_no_more_than_can_be_used()
    {
        (LoadedModel loaded, string line) = Open("1000", sequences: 3);
        await using (loaded)
        {
            Assert.That(loaded.Engine.Metrics.Pages, Is.EqualTo(3 * 128));
            Assert.That(line, Does.StartWith("cache: 24.0 MiB for 6,144 tokens, all that 3 x 2,048 tokens can use (99"));
        }
    }

    [Test]
    public async Task What_is_asked_for_is_taken([Values("cpu", "cuda")] string device)
    {
        Dictionary<string, string>? environment = device == "cuda" ? EmulatedDevice.Environment(("EMU_MEMORY_MB", "400")) : null;
        ProgramResult result = await Program.RunAsync(environment, "generate", s_model, "--device", device, "--prompt", "2", "--max-new-tokens", "1", "--context", "512", "--kv-memory", "7");
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        Assert.That(result.Error, Does.Contain(device == "cpu" ? "cache: 4.0 MiB for 512 tokens, all that 1 x 512 tokens can use (" : "cache: 2.0 MiB for 512 tokens, all that 1 x 512 tokens can use ("));
    }

    // 262 MiB: what is left behind the weights is less than the reserve.
    [TestCase("cuda", 1, "no room for the key-value cache: one sequence of 2,048 tokens needs 8.0 MiB, found 0.0 MiB (2", "of weights, less 256.0 MiB for workspaces); lower --context")]
    [TestCase("cuda", 1, "--kv-memory 4: one sequence of 2,048 tokens needs 8.0 MiB (2", "of weights); raise it or lower --context", "--kv-memory", "4")]
    [TestCase("cuda", 1, "--kv-memory 262: expected at most what is free, found more: 2", "of weights; without --kv-memory 0.0 MiB are taken", "--kv-memory", "262")]
    [TestCase("cpu", 1, "--kv-memory 15: one sequence of 2,048 tokens needs 16.0 MiB (", "of weights); raise it or lower --context", "--kv-memory", "15")]
    [TestCase("cpu", 2, "--context: expected at most 2048, the model's own, found 2049", "", "--context", "2049")]
    public async Task What_does_not_fit_is_one_line_with_the_arithmetic(string device, int exitCode, string begins, string ends, params string[] arguments)
    {
        Dictionary<string, string>? environment = device == "cuda" ? EmulatedDevice.Environment(("EMU_MEMORY_MB", "262")) : null;
        ProgramResult result = await Program.RunAsync(environment, ["generate", s_model, "--device", device, "--prompt", "2", .. arguments]);
        Assert.That((result.ExitCode, result.Output, result.Complaints.Length), Is.EqualTo((exitCode, "", 1)), result.Error);
        Assert.That(result.Complaints[0], Does.StartWith($"numina-cuda: {begins}").And.EndsWith(ends));
        Assert.That(result.Error, Does.Not.Contain("   at "));
    }

    private static (LoadedModel Loaded, string Line) Open(string mebibytes, int sequences)
    {
        CudaDevices.RequireEmulator();
        CudaDevices.Set(new EmulatorMode("small", ("EMU_MEMORY_MB", mebibytes)));
        CudaDevices.SetOption("EMU_DEVICES", "1");
        try
        {
            var said = new List<string>();
            LoadedModel loaded = LoadedModel.Open(new ModelSettings(s_model, "cuda", 0, 0, 0, null), sequences, said.Add);
            return (loaded, said.Single(line => line.StartsWith("cache: ", StringComparison.Ordinal)));
        }
        finally
        {
            CudaDevices.SetOption("EMU_DEVICES", "0");
        }
    }
}
