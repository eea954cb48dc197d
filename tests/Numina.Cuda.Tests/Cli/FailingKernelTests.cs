using Numina.Cuda.Tests.Kernels;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Cli;

/// <summary>What a user sees when a kernel fails in the middle of the work.</summary>
[TestFixture]
internal sealed class FailingKernelTests
{
    private static readonly string s_model = Path.Combine(Reference.Repository, "src", "Numina.Cuda.Cli", "Demo");

    [TestCase("generate", "--prompt", "2")]
    [TestCase("run", "--limit", "1", "--samples", "3")]
    public async Task A_kernel_that_fails_is_one_line(string command, params string[] arguments)
    {
        using var kernels = new KernelFolder();
        kernels.Put("broken/gather_rows.cu", "gather_rows");
        ProgramResult result = await Program.RunAsync(
            EmulatedDevice.Environment(), [command, .. command == "generate" ? [s_model] : Array.Empty<string>(), .. arguments, "--device", "cuda", "--kernels", kernels.Folder]);
        Assert.That((result.ExitCode, result.Output, result.Complaints.Length), Is.EqualTo((1, "", 1)), result.Error);
        Assert.That(result.Complaints[0], Does.Match(@"step of \d+ sequences?, \d+ tokens?, longest context \d+ failed: kernel gather_rows \[ELEMENT=half\], grid .*CUDA_ERROR_ILLEGAL_ADDRESS"));
        Assert.That(result.Error, Does.Not.Contain("   at "));
    }
}
