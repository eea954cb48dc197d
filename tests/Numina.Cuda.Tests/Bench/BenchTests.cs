using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Bench;
using Numina.Cuda.Bench.Models;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Bench;

/// <summary>The bench from end to end on the emulated GPU and on the CPU: every line, the file for programs, and that it notices wrong results.</summary>
[TestFixture]
internal sealed class BenchTests
{
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_operation_and_kind_of_step_is_measured_on_a_gpu()
    {
        (int exit, string output, JsonElement json) = OnGpu("copy", "ops", "tiny", "--shape", "tiny", "--runs", "1");
        Assert.That(exit, Is.Zero, output);
        string[] names = [.. json.GetProperty("figures").EnumerateArray().Select(figure => $"{figure.GetProperty("group")} {figure.GetProperty("name")}")];
        string[] products = ["q+k+v", "output", "gate+up", "down"];
        string[] expected =
        [
            "copy copy",
            .. products.SelectMany(product => new[] { "matmul int8 g128", "matmul int4 g128", "matmul fp16", "cublas fp16" }.Select(format => $"ops {format} {product} [16, ")),
            "ops matmul fp16 head [16, ", "ops cublas fp16 head [16, ",
            "ops attention decode 6 x 800, 200 shared and read once", "ops attention decode 6 x 800", "ops attention decode 1 x 800", "ops attention prefill 256",
            "ops rmsnorm [", "ops add_rmsnorm [", "ops swiglu [", "ops rope_store_kv [", "ops sample [", "ops sample top-p 0.95 [",
            "tiny decode1", "tiny decode8", "tiny decode48", "tiny decode48shared", "tiny prefill512", "tiny prefill2048", "tiny memory",
        ];
        Assert.Multiple(() =>
        {
            foreach (string start in expected)
            {
                Assert.That(names, Has.Some.StartsWith(start));
                Assert.That(output, Does.Contain(start[(start.IndexOf(' ') + 1)..]));
            }

            Assert.That(output, Does.StartWith("CUDA device 0: CUDA emulator").And.Contain("(asked for)").And.Contain("MiB of device memory at most"));
            Assert.That(json.GetProperty("device").GetString(), Does.StartWith("CUDA device 0: "));
            Assert.That(json.GetProperty("failures").GetArrayLength(), Is.Zero);
        });
    }

    [Test]
    public void Every_number_has_a_unit_and_products_are_held_against_cublas()
    {
        (_, _, JsonElement json) = OnGpu("ops", "--shape", "tiny", "--runs", "1", "--only", "down");
        foreach (JsonElement figure in json.GetProperty("figures").EnumerateArray())
        {
            JsonProperty[] measures = [.. figure.EnumerateObject().Where(property => property.Name is not ("group" or "name"))];
            Assert.That(measures, Is.Not.Empty);
            Assert.That(measures.Select(measure => measure.Value.GetProperty("value").GetDouble()), Is.All.GreaterThanOrEqualTo(0));
            Assert.That(measures.Select(measure => measure.Value.GetProperty("unit").GetString()), Is.All.Not.Empty);
        }

        Assert.That(json.GetProperty("figures").EnumerateArray().Count(figure => figure.TryGetProperty("speed_beside_cublas_fp16", out _)), Is.EqualTo(6), "three formats, two row counts");
    }

    [TestCase("swiglu.cu", "1.0f + __expf(-x)", "1.0f + __expf(x)", "swiglu")]
    [TestCase("attention_decode.cu", "SHARED ? split < run", "SHARED ? split + 1 < run", "attention decode 6 x 800, 200 shared")]
    [TestCase("sample.cu", "x += gumbel(noise[j])", "x -= gumbel(noise[j])", "sample [")]
    public void A_wrong_kernel_is_noticed(string file, string right, string wrong, string only)
    {
        string kernels = Directory.CreateDirectory(Path.Combine(_folder, "kernels")).FullName;
        foreach (string source in Directory.EnumerateFiles(Path.Combine(Reference.Repository, "kernels"), "*.cu*"))
        {
            File.Copy(source, Path.Combine(kernels, Path.GetFileName(source)));
        }

        string path = Path.Combine(kernels, file), text = File.ReadAllText(path);
        Assert.That(text, Does.Contain(right));
        File.WriteAllText(path, text.Replace(right, wrong, StringComparison.Ordinal));
        (int exit, string output, JsonElement json) = OnGpu("ops", "--shape", "tiny", "--runs", "1", "--only", only, "--kernels", kernels);
        Assert.That(exit, Is.EqualTo(1));
        Assert.That(output, Does.Contain($"WRONG {only}"));
        Assert.That(json.GetProperty("failures").GetArrayLength(), Is.GreaterThan(0));
    }

    [Test]
    public void Without_cublas_the_bench_says_so_and_goes_on()
    {
        CudaDevices.RequireEmulator();
        // A process binds a library once, so this takes another process.
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "numina-bench.dll"), "copy", "--device", "cuda"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[NativeLibraries.BlasVariable] = "/nowhere/libcublas.so";
        start.Environment["EMU_DEVICES"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(output, Does.Contain("no cuBLAS: none of /nowhere/libcublas.so could be loaded; set NUMINA_CUBLAS to its path").And.Contain("GB/s read and written"));
    }

    [Test]
    public void The_cpu_is_measured_the_same_way()
    {
        (int exit, string output, JsonElement json) = Run("copy", "ops", "tiny", "--shape", "tiny", "--device", "cpu", "--runs", "1", "--threads", "1", "--kinds", "decode1,decode8,prefill512");
        Assert.That(exit, Is.Zero, output);
        Assert.That(output, Does.StartWith("CPU, ").And.Contain("1 threads, best of 3").And.Contain("matmul int8 g128 down [16, ").And.Contain("attention prefill"));
        // What bench/peer.sh reads.
        Assert.That(Regex.Matches(output, @"(?m)^tiny +(\w+) +tokens/s min median max +\S+ +(\S+).*per CPU second +(\S+)").Select(match => match.Groups[1].Value),
            Is.EqualTo(new[] { "decode1", "decode8", "prefill512" }));
        Assert.That(json.GetProperty("figures").EnumerateArray().Count(figure => figure.GetProperty("group").GetString() == "tiny"), Is.EqualTo(3));
    }

    [Test]
    public void A_gpu_that_is_asked_for_and_not_there_is_an_error_and_auto_says_why_not()
    {
        CudaDevices.RequireEmulator();
        CudaDevices.SetOption("EMU_DEVICES", "0");
        Assert.That(() => Run("copy", "--device", "cuda"), Throws.InstanceOf<CudaUnavailableException>().With.Message.EqualTo("--device cuda: no CUDA device: the driver shows none"));
        (_, string output, _) = Run("copy", "--threads", "1", "--runs", "1");
        Assert.That(output, Does.Contain("(no CUDA device: the driver shows none)"));
    }

    [TestCase("unknown: 13b", "13b")]
    [TestCase("--device: expected auto, cpu or cuda, found tpu", "--device", "tpu")]
    [TestCase("unknown kind decode2: expected decode1, decode8, ", "--kinds", "decode2")]
    [TestCase("--rows: expected a positive number, found 0", "--rows", "8,0")]
    [TestCase("--json needs a value", "--json")]
    public void A_wrong_argument_is_named(string message, params string[] arguments) =>
        Assert.That(() => BenchOptions.Parse(arguments), Throws.ArgumentException.With.Message.StartsWith(message));

    [Test]
    public void The_shared_prefix_is_of_200_tokens_before_600_of_each_sequence()
    {
        ModelKind kind = ModelKind.Named("decode48shared");
        Assert.That((kind.Sequences, kind.Shared, kind.Context), Is.EqualTo((48, 200, 800)));
        Assert.That((kind.Lead + kind.Longest) / 2, Is.EqualTo(800), "in the middle of the measured steps");
    }

    private (int Exit, string Output, JsonElement Json) OnGpu(params string[] arguments) =>
        CudaDevices.WithEmulatedDevice(EmulatorMode.Fast, () => Run([.. arguments, "--device", "cuda"]));

    private (int Exit, string Output, JsonElement Json) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        string path = Path.Combine(_folder, "bench.json");
        BenchOptions options = BenchOptions.Parse(arguments) with { Json = path, KernelCache = CudaDevices.KernelCache(EmulatorMode.Fast) };
        int exit = BenchProgram.Run(options, output);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(path));
        return (exit, output.ToString(), json.RootElement.Clone());
    }
}
