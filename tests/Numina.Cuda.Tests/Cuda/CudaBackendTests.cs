using System.Reflection;
using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Kernels;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Tests.Cuda;

/// <summary>The host side: memory, copies, graphs, errors.</summary>
[TestFixture]
internal sealed class CudaBackendTests
{
    private static readonly EmulatorMode s_small = new("16 MB", ("EMU_MEMORY_MB", "16"));

    [Test]
    public void Copies_larger_than_the_staging_memory_arrive_whole()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Lazy);
        byte[] sent = new byte[(20 << 20) + 5], received = new byte[sent.Length];
        new Random(1).NextBytes(sent);
        using Buffer buffer = backend.Allocate(sent.Length);
        Tensor bytes = buffer.View(DType.U8, new Shape(sent.Length));
        backend.Upload(bytes, sent);
        backend.Download(received, bytes);
        Assert.That(received.AsSpan().SequenceEqual(sent));
    }

    [Test]
    public void The_source_of_an_upload_may_change_at_once()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Lazy);
        using var run = new OpRun(backend, DType.F16);
        int[] values = [1, 2, 3];
        Tensor tensor = run.Integers(values);
        Array.Clear(values);
        int[] back = new int[3];
        backend.Download(MemoryMarshal.AsBytes(back.AsSpan()), tensor);
        Assert.That(back, Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void Copies_within_the_device_happen_in_their_turn()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Lazy);
        using var run = new OpRun(backend, DType.F16);
        Tensor from = run.Integers(1, 2, 3), to = run.Integers(0, 0, 0);
        backend.Copy(to, from);
        backend.Upload(from, MemoryMarshal.AsBytes<int>([7, 8, 9]));
        int[] copied = new int[3];
        backend.Download(MemoryMarshal.AsBytes(copied.AsSpan()), to);
        Assert.That(copied, Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(() => backend.Copy(to, run.Integers(1)), Throws.ArgumentException);
    }

    [Test]
    public void The_peak_is_the_most_that_was_held_at_once()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        backend.Allocate(1000).Dispose();
        using Buffer kept = backend.Allocate(300);
        backend.Allocate(500).Dispose();
        Assert.That(backend.PeakBytes, Is.EqualTo(1000));
    }

    [Test]
    public void Allocated_memory_is_zero_and_freed_memory_is_free()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        long before = backend.FreeBytes();
        using (Buffer buffer = backend.Allocate(100))
        {
            byte[] bytes = new byte[100];
            backend.Download(bytes, buffer.View(DType.U8, new Shape(100)));
            Assert.That(bytes, Is.All.Zero);
            Assert.That(backend.FreeBytes(), Is.EqualTo(before - 100));
        }

        Assert.That(backend.FreeBytes(), Is.EqualTo(before), "the driver's pool is emptied first");
    }

    [Test]
    public void Out_of_memory_says_what_was_asked_for_what_is_free_and_what_is_held()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(s_small);
        using Buffer held = backend.Allocate(4 << 20);
        OutOfMemoryException failure = Assert.Throws<DeviceOutOfMemoryException>(() => backend.Allocate(100 << 20))!;
        Assert.That(failure.Message, Does.Contain("asked for 100.0 MiB (104,857,600 bytes), free are 12.0 MiB (").And.Contain("of 16.0 MiB").And.Contain("holds 4.0 MiB"));
    }

    [Test]
    public void A_cache_that_does_not_fit_leaves_nothing_behind()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(s_small);
        long before = backend.FreeBytes();
        // Four buffers of 5 MiB on a device of 16: the last one fails.
        var layout = new KvLayout(Layers: 2, Pages: 320, PageSize: 16, KvHeads: 8, HeadDim: 64, DType.F16);
        Assert.That(() => new KvCache(backend, layout), Throws.InstanceOf<DeviceOutOfMemoryException>().With.Message.Contains("holds 15.0 MiB"));
        Assert.That(backend.FreeBytes(), Is.EqualTo(before));
    }

    [Test]
    public void A_graph_repeats_what_was_recorded()
    {
        CudaDevices.RequireEmulator();
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using var run = new OpRun(backend, DType.F16);
        Tensor rows = run.Activations(new Shape(5, 1), [0, 1, 2, 3, 4]), turned = run.Output(5, 1), next = run.Integers(1, 2, 3, 4, 0);
        TurnTwice();
        using RecordedStep step = backend.Record(TurnTwice);
        Assert.That(run.Read(rows), Is.EqualTo(new float[] { 2, 3, 4, 0, 1 }), "recording runs nothing");
        backend.Replay(step);
        backend.Replay(step);
        Assert.That(run.Read(rows), Is.EqualTo(new float[] { 1, 2, 3, 4, 0 }));

        void TurnTwice()
        {
            backend.GatherRows(rows, next, turned);
            backend.GatherRows(turned, next, rows);
        }
    }

    [Test]
    public void A_weight_that_overflows_fp16_is_named()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using var run = new OpRun(backend, DType.F16);
        float[] weights = new float[64 * 40];
        (weights[40 * 40 + 7], weights[50 * 40]) = (70000, float.PositiveInfinity);
        var matrix = new DenseMatrix(run.Host(new Shape(64, 40), DType.BF16, weights));
        Assert.That(() => backend.LoadLinear([matrix], null), Throws.InstanceOf<CudaException>().With.Message.Contains("weight [40, 7] of a [64, 40] BF16 matrix does not fit F16"));
    }

    [Test]
    public void Logits_that_are_no_distribution_are_refused()
    {
        using CudaBackend backend = CudaDevices.OpenEmulated(EmulatorMode.Plain);
        using var run = new OpRun(backend, DType.F16);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
        {
            float[] logits = [.. Enumerable.Range(0, 80).Select(i => i == 47 ? bad : i)];
            Assert.That(() => SampleCases.Draw(run, 40, logits, [SampleCases.Row(0), SampleCases.Row(1)]), Throws.InstanceOf<LogitsException>().With.Message.Contains("row 1"));
        }
    }

    [Test]
    public void BFloat16_needs_sm_80()
    {
        var options = new CudaOptions { ActivationType = DType.BF16 };
        Assert.That(() => CudaDevices.OpenEmulated(EmulatorMode.Turing, options), Throws.InstanceOf<CudaUnavailableException>().With.Message.Contains("sm_75: BF16 needs sm_80"));
    }

    [Test]
    public void A_device_that_is_not_there_is_one_line() =>
        Assert.That(
            () => CudaDevices.OpenEmulated(EmulatorMode.Plain, new CudaOptions { Device = 3 }),
            Throws.InstanceOf<CudaUnavailableException>().With.Message.EqualTo("no CUDA device 3: the driver shows 1"));

    [Test]
    public void An_error_carries_the_calls_name_and_the_drivers_text()
    {
        CudaDevices.RequireEmulator();
        CudaException failure = Assert.Throws<CudaException>(() => Driver.Check(DriverApi.cuDeviceGet(out _, 9)))!;
        Assert.That(failure.Message, Does.StartWith("cuDeviceGet: CUDA_ERROR_INVALID_DEVICE (101): "));
        Assert.That(failure.Result, Is.EqualTo(101));
    }

    [Test]
    public void The_emulator_exports_every_function_that_is_bound()
    {
        CudaDevices.RequireEmulator();
        nint library = NativeLibrary.Load(Environment.GetEnvironmentVariable(NativeLibraries.DriverVariable)!);
        string[] bound = [.. new[] { typeof(DriverApi), typeof(NvrtcApi), typeof(CublasApi) }
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.Name).Where(name => name.StartsWith("cu", StringComparison.Ordinal) || name.StartsWith("nvrtc", StringComparison.Ordinal))];
        Assert.That(bound, Has.Length.GreaterThan(50));
        Assert.That(bound.Where(name => !NativeLibrary.TryGetExport(library, name, out _)), Is.Empty);
    }
}
