using System.Runtime.CompilerServices;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tests.Cuda;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>The cache of compiled kernels: what makes an entry, and what may happen to one.</summary>
[TestFixture]
internal sealed class KernelCacheTests
{
    private static readonly KernelVariant s_gather = new("gather_rows", ("ELEMENT", "half"));
    private string _folder = null!;

    private string[] Entries => Directory.Exists(_folder) ? [.. Directory.EnumerateFiles(_folder)] : [];

    [SetUp]
    public void MakeFolder()
    {
        CudaDevices.RequireEmulator();
        CudaDevices.Set(EmulatorMode.Plain);
        _folder = Path.Combine(Path.GetTempPath(), $"numina-cache-{Guid.NewGuid():N}");
    }

    [TearDown]
    public void RemoveFolder()
    {
        if (_folder != null && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void A_second_process_reads_what_the_first_compiled()
    {
        KernelCache first = Cache(), second = Cache();
        byte[] compiled = Cubin(first), read = Cubin(second);
        Assert.That(read, Is.EqualTo(compiled));
        Assert.That((first.Compilations, second.Compilations), Is.EqualTo((1, 0)));
        Assert.That(Entries, Has.Length.EqualTo(1));
    }

    [Test]
    public void Sources_headers_options_and_architecture_make_entries_of_their_own()
    {
        KernelCache cache = Cache();
        Cubin(cache);
        cache.Cubin(s_gather, "sm_90", Unsafe.SizeOf<GatherRowsParams>());
        cache.Cubin(new KernelVariant("gather_rows", ("ELEMENT", "bfloat16")), "sm_80", Unsafe.SizeOf<GatherRowsParams>());
        Assert.That(Entries, Has.Length.EqualTo(3));
        foreach (string edited in new[] { "gather_rows.cu", "common.cuh" })
        {
            using var kernels = new KernelFolder();
            kernels.Append(edited, "// edited");
            Cubin(new KernelCache(KernelSources.FromDirectory(kernels.Folder), _folder));
        }

        Assert.That(Entries, Has.Length.EqualTo(5));
    }

    [TestCase("truncated")]
    [TestCase("flipped")]
    [TestCase("empty")]
    public void A_damaged_entry_is_compiled_again_and_replaced(string damage)
    {
        byte[] compiled = Cubin(Cache());
        byte[] entry = File.ReadAllBytes(Entries[0]);
        entry[^1] ^= 1;
        File.WriteAllBytes(Entries[0], damage == "truncated" ? entry[..^9] : damage == "flipped" ? entry : []);
        KernelCache after = Cache();
        Assert.That(Cubin(after), Has.Length.EqualTo(compiled.Length));
        Assert.That(after.Compilations, Is.EqualTo(1));
        KernelCache last = Cache();
        Cubin(last);
        Assert.That(last.Compilations, Is.Zero, "the entry was replaced");
    }

    [Test]
    public void Many_at_once_end_with_one_whole_entry()
    {
        byte[][] cubins = new byte[6][];
        Parallel.For(0, cubins.Length, i => cubins[i] = Cubin(Cache()));
        Assert.That(Entries, Has.Length.EqualTo(1), "no temporary files are left");
        KernelCache after = Cache();
        Cubin(after);
        Assert.That(after.Compilations, Is.Zero);
    }

    [Test]
    public void A_folder_that_cannot_be_made_is_done_without()
    {
        File.WriteAllText(_folder, "a file where the folder should be");
        try
        {
            KernelCache cache = Cache();
            Assert.That(Cubin(cache), Is.Not.Empty);
        }
        finally
        {
            File.Delete(_folder);
        }
    }

    [Test]
    public void An_error_carries_the_compilers_log_with_file_and_line()
    {
        using var kernels = new KernelFolder();
        kernels.Append("gather_rows.cu", "this is no kernel");
        var cache = new KernelCache(KernelSources.FromDirectory(kernels.Folder), _folder);
        KernelCompilationException failure = Assert.Throws<KernelCompilationException>(() => Cubin(cache))!;
        Assert.That(failure.Message, Does.Contain("kernel gather_rows [ELEMENT=half] does not compile").And.Contain("--gpu-architecture=sm_80").And.Match(@"gather_rows\.cu:\d+"));
        Assert.That(Entries, Is.Empty);
    }

    [Test]
    public void A_host_struct_of_another_size_does_not_compile() =>
        Assert.That(() => Cache().Cubin(s_gather, "sm_80", Unsafe.SizeOf<GatherRowsParams>() + 8), Throws.InstanceOf<KernelCompilationException>().With.Message.Contains("the host's GatherRowsParams differs"));

    [Test]
    public void The_embedded_sources_are_the_folders()
    {
        string folder = Path.Combine(Reference.Repository, "kernels");
        KernelSources embedded = KernelSources.Embedded(), files = KernelSources.FromDirectory(folder);
        Assert.That(embedded.Headers, Is.EqualTo(files.Headers));
        foreach (string path in Directory.EnumerateFiles(folder, "*.cu"))
        {
            Assert.That(embedded.Kernel(Path.GetFileNameWithoutExtension(path)), Is.EqualTo(File.ReadAllText(path)));
        }

        Assert.That(() => KernelSources.FromDirectory("/nowhere/kernels"), Throws.InstanceOf<DirectoryNotFoundException>().With.Message.Contains("/nowhere/kernels"));
    }

    private KernelCache Cache() => new(KernelSources.Embedded(), _folder);

    private static byte[] Cubin(KernelCache cache) => cache.Cubin(s_gather, "sm_80", Unsafe.SizeOf<GatherRowsParams>());
}
