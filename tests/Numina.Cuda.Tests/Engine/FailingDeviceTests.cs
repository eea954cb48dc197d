using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Engine;
using Numina.Cuda.Model;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.Kernels;

namespace Numina.Cuda.Tests.Engine;

/// <summary>What callers hear when the device fails under the engine: the kernel or the allocation, and the step.</summary>
[TestFixture]
internal sealed class FailingDeviceTests
{
    private static readonly int[] s_prompt = TestEngine.Prompt(20);
    private static readonly GenerationOptions s_options = new() { MaxNewTokens = 3, IgnoreEos = true };

    [Test]
    public async Task A_kernel_that_fails_names_itself_and_the_step()
    {
        using var kernels = new KernelFolder();
        kernels.Put("broken/gather_rows.cu", "gather_rows");
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Fast, new CudaOptions { KernelDirectory = kernels.Folder });
        try
        {
            await using TestEngine engine = Engine(backend);
            using Session session = engine.Open(s_prompt);
            EngineException failure = Assert.ThrowsAsync<EngineException>(() => session.GenerateAsync(s_options))!;
            Assert.That(failure.Message, Does.StartWith("step of 1 sequence, 20 tokens, longest context 20 failed: kernel gather_rows [ELEMENT=half], grid (1, 1, 1), 128 threads")
                .And.Contain("CUDA_ERROR_ILLEGAL_ADDRESS (700)"));
            Assert.That(failure.InnerException, Is.InstanceOf<CudaException>().With.Property("Result").EqualTo(700));
        }
        finally
        {
            CudaDevices.Reset();
        }
    }

    [Test]
    public async Task Memory_that_runs_out_in_a_step_is_told_with_the_arithmetic_and_the_step()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Fast);
        await using TestEngine engine = Engine(backend);
        using Session session = engine.Open(s_prompt);
        await session.GenerateAsync(s_options with { MaxNewTokens = 1 });
        // Everything is allocated but the workspace of a decode step, the first of which follows a prompt of 131 tokens.
        session.Append(TestEngine.Prompt(130));
        CudaDevices.SetOption("EMU_MEMORY_MB", "1");
        EngineException failure = Assert.ThrowsAsync<EngineException>(() => session.GenerateAsync(s_options))!;
        Assert.That(failure.Message, Does.Match(@"^step of 1 sequence, 1 token, longest context 152 failed: CUDA device 0 \(.*\): asked for .* free are "));
        Assert.That(failure.InnerException, Is.InstanceOf<DeviceOutOfMemoryException>());
    }

    [Test]
    public void A_step_is_summed_up_in_numbers()
    {
        SequenceStep one = new() { Tokens = new int[1], ContextLength = 812, Pages = new int[51], Logits = LogitRows.Last };
        Assert.That(new ForwardBatch([one], []).Summary, Is.EqualTo("step of 1 sequence, 1 token, longest context 812"));
        Assert.That(new ForwardBatch([one with { ContextLength = 7, Tokens = new int[7] }, one], []).Summary, Is.EqualTo("step of 2 sequences, 8 tokens, longest context 812"));
    }

    /// <summary>Heads as the attention kernels take them.</summary>
    private static TestEngine Engine(CudaBackend backend) =>
        new(backend, new EngineOptions { Pages = 20 }, TestEngine.Limits with { PageSize = 16 }, TestEngine.Config with { HeadDim = 32 });
}
