using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Cli;

/// <summary>What a new user gets wrong: one line that says what, and an exit code of 2 for bad usage, 1 for everything else.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class WrongUseTests
{
    private static readonly string Mha = "goldens/llama/mha";

    [TestCase(2, "expected a command, found none")]
    [TestCase(2, "expected a command, found \"frobnicate\"", "frobnicate")]
    [TestCase(1, "/nowhere: checkpoint: expected a folder", "run", "/nowhere")]
    [TestCase(1, "/nowhere.jsonl: no such file", "run", "--data", "/nowhere.jsonl")]
    [TestCase(1, "expected a .jsonl or .csv file", "run", "--data", "/etc/passwd")]
    [TestCase(2, "--samples: expected a whole number of at least 1, found \"-3\"", "run", "--samples", "-3")]
    [TestCase(2, "--rounds: expected a whole number of at least 2, found \"1\"", "run", "--rounds", "1")]
    [TestCase(2, "--temperature: expected a number from 0 to 100, found \"hot\"", "run", "--temperature", "hot")]
    [TestCase(2, "--modulus: expected none or a whole number", "run", "--modulus", "0")]
    [TestCase(2, "--device: expected auto, cpu, cuda, found \"tpu\"", "run", "--device", "tpu")]
    [TestCase(2, "--bogus: no such option", "run", "--bogus")]
    [TestCase(1, "--out /proc/nope: expected a folder that can be written", "run", "--limit", "1", "--out", "/proc/nope")]
    [TestCase(2, "'--reference' is required", "verify", "/nowhere")]
    [TestCase(1, "/nowhere.safetensors", "verify", "/nowhere", "--reference", "/nowhere.safetensors")]
    [TestCase(2, "PROBLEM: expected a statement", "solve", " ")]
    [TestCase(1, "/nowhere/tokenizer.json", "tokenize", "/nowhere", "text")]
    [TestCase(1, "/nowhere.py", "python", "/nowhere.py")]
    public async Task One_line_and_an_exit_code(int exitCode, string says, params string[] arguments)
    {
        ProgramResult result = await Program.RunAsync(arguments);
        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.Error);
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.Complaints, Has.Length.EqualTo(1), result.Error);
        Assert.That(result.Complaints[0], Does.Contain(says));
        Assert.That(result.Error, Does.Not.Contain("   at "));
    }

    [Test]
    public async Task An_unsupported_checkpoint_is_refused_by_key()
    {
        ProgramResult result = await Program.RunAsync("generate", Reference.Path("goldens/gptq/bad/bits3"), "--prompt", "x");
        Assert.That((result.ExitCode, result.Complaints.Length), Is.EqualTo((1, 1)), result.Error);
        Assert.That(result.Complaints[0], Does.Contain("config.json: quantization_config.bits: expected 4 or 8, found 3"));
    }

    [Test]
    public async Task A_reference_of_another_model_is_refused()
    {
        ProgramResult result = await Program.RunAsync("verify", Reference.Path(Mha), "--reference", Reference.Path("goldens/llama/gqa-llama3/expected.safetensors"), "--device", "cpu");
        Assert.That((result.ExitCode, result.Complaints.Length), Is.EqualTo((1, 1)), result.Error);
        Assert.That(result.Complaints[0], Does.Contain("expected.safetensors"));
    }

    [Test]
    public async Task Without_a_driver_cuda_is_refused_and_auto_says_why()
    {
        var environment = new Dictionary<string, string> { ["NUMINA_CUDA_DRIVER"] = "/nowhere/libcuda.so" };
        ProgramResult refused = await Program.RunAsync(environment, "run", "--device", "cuda", "--limit", "1");
        Assert.That((refused.ExitCode, refused.Complaints.Length), Is.EqualTo((1, 1)), refused.Error);
        Assert.That(refused.Complaints[0], Does.Contain("--device cuda: ").And.Contain("/nowhere/libcuda.so"));

        ProgramResult automatic = await Program.RunAsync(environment, "run", "--limit", "1", "--samples", "1");
        Assert.That(automatic.ExitCode, Is.Zero, automatic.Error);
        Assert.That(automatic.Error, Does.Contain("device: CPU").And.Contain("/nowhere/libcuda.so"));
    }

    [Test]
    public async Task Without_python_it_says_what_to_install()
    {
        var environment = new Dictionary<string, string> { ["PATH"] = "/nowhere", ["HOME"] = "/nowhere", ["XDG_CACHE_HOME"] = Path.GetTempPath(), ["NUMINA_PYTHON"] = "" };
        ProgramResult result = await Program.RunAsync(environment, "python", "/etc/hostname");
        Assert.That((result.ExitCode, result.Complaints.Length), Is.EqualTo((1, 1)), result.Error);
        Assert.That(result.Complaints[0], Does.Contain("no python3 with numpy and sympy").And.Contain("apt install"));
    }

    [Test]
    public async Task Every_command_has_help([Values("run", "solve", "generate", "verify", "replay", "tokenize", "detokenize", "chat", "python", "doctor")] string command)
    {
        ProgramResult result = await Program.RunAsync(command, "--help");
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Does.Contain("Usage:").And.Contain($"numina-cuda {command}"));
    }
}
