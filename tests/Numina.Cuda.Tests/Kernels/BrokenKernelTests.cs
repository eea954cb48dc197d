using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tests.Cuda;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Kernels with one mistake each (tests/cuda_emu/broken): the emulator must catch every one, and say what it is.</summary>
[TestFixture]
internal sealed class BrokenKernelTests
{
    private static readonly EmulatorMode s_plain = new("plain", ("EMU_TIMEOUT", "1"));
    private static readonly EmulatorMode s_checked = new("checked", ("EMU_CHECK", "1"), ("EMU_TIMEOUT", "1"));
    private static readonly EmulatorMode s_undefined = new("undefined", ("EMU_UB", "1"), ("EMU_TIMEOUT", "1"));

    [TestCase("oob_read", "past the end of the allocation of 1024 bytes")]
    [TestCase("wrong_stride", "past the end of the allocation")]
    [TestCase("divergent_barrier", "deadlock")]
    [TestCase("two_barriers", "divergent __syncthreads")]
    [TestCase("early_return", "deadlock")]
    [TestCase("wrong_mask", "which mask 0000ffff does not name")]
    [TestCase("wrong_mask_branch", "deadlock")]
    [TestCase("big_local", "stack overflow")]
    public void A_plain_run_reports(string kernel, string expected) => AssertCaught(s_plain, kernel, expected);

    [TestCase("missing_sync", "uninitialised shared memory read")]
    [TestCase("missing_second_sync", "write after a read by thread")]
    [TestCase("missing_syncwarp", "uninitialised shared memory read")]
    [TestCase("missing_wait", "uninitialised shared memory read")]
    [TestCase("uninit_shared", "uninitialised shared memory read")]
    [TestCase("block_race", "race between blocks")]
    [TestCase("endless", "race on shared memory")]
    [TestCase("oob_read", "read of 4 bytes")]
    [TestCase("wrong_stride", "read of 4 bytes")]
    [TestCase("uninit_global", "uninitialised global memory read")]
    public void The_checker_reports(string kernel, string expected) => AssertCaught(s_checked, kernel, expected);

    [TestCase("misaligned")]
    [TestCase("oob_shared")]
    [TestCase("shift")]
    public void The_undefined_behaviour_traps_report(string kernel) => AssertCaught(s_undefined, kernel, "undefined behaviour");

    [TestCase("float_atomics")]
    [TestCase("missing_second_sync")]
    [TestCase("block_race")]
    [TestCase("uninit_local")]
    public void Other_orders_and_fills_give_other_results(string kernel)
    {
        EmulatorMode[] modes = kernel == "uninit_local" ? [s_plain, s_undefined] : [EmulatorMode.Plain, EmulatorMode.Reverse, EmulatorMode.Shuffled];
        float[][] results = [.. modes.Select(mode => Run(mode, kernel))];
        Assert.That(results.Skip(1).Any(result => !Bits(result).SequenceEqual(Bits(results[0]))), $"{kernel} gives the same bits in every order");
    }

    [Test]
    public void A_failed_kernel_is_named_with_its_launch_and_later_calls_fail_too()
    {
        using var folder = new KernelFolder("broken/oob_read.cu", "broken");
        using CudaBackend backend = CudaDevices.OpenEmulated(s_plain, new CudaOptions { KernelDirectory = folder.Folder });
        try
        {
            CudaException failure = Assert.Throws<CudaException>(() => RawKernels.RunBroken(backend, clear: true))!;
            Assert.That(failure.Message, Does.Contain("kernel broken").And.Contain("grid (2, 1, 1), 128 threads").And.Contain("CUDA_ERROR_ILLEGAL_ADDRESS (700)"));
            Assert.That(() => backend.Synchronize(), Throws.InstanceOf<CudaException>());
        }
        finally
        {
            CudaDevices.Reset();
        }
    }

    private static void AssertCaught(EmulatorMode mode, string kernel, string expected)
    {
        try
        {
            CudaException failure = Assert.Throws<CudaException>(() => Run(mode, kernel))!;
            Assert.That(failure.Message, Does.Contain(expected).And.Contain("kernel broken"));
        }
        finally
        {
            CudaDevices.RequireEmulator();
            CudaDevices.Reset();
        }
    }

    private static float[] Run(EmulatorMode mode, string kernel)
    {
        using var folder = new KernelFolder($"broken/{kernel}.cu", "broken");
        using CudaBackend backend = CudaDevices.OpenEmulated(mode, new CudaOptions { KernelDirectory = folder.Folder });
        return RawKernels.RunBroken(backend, clear: kernel is not ("uninit_global" or "block_race" or "uninit_local"));
    }

    private static IEnumerable<int> Bits(float[] values) => values.Select(BitConverter.SingleToInt32Bits);
}
