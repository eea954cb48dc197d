using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Weights;

/// <summary>A mapped file of noise none of whose pages are in memory, and what the system says of them. Skips the test where the system can't drop pages or tell.</summary>
internal sealed unsafe partial class MappedFile : IDisposable
{
    private const int DontNeed = 4;
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    public MappedFile(int bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("read-ahead: Linux only");
        }

        Bytes = bytes;
        string path = Path.Combine(_folder.Path, "noise");
        using (FileStream file = File.Create(path))
        {
            byte[] noise = new byte[bytes];
            new Random(3).NextBytes(noise);
            file.Write(noise);
            file.Flush(flushToDisk: true);
            Assert.That(posix_fadvise(file.SafeFileHandle, 0, 0, DontNeed), Is.Zero, "posix_fadvise");
        }

        _mapping = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.ReadWrite);
        _view = _mapping.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.ReadWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        if (Resident(0, bytes) > 0)
        {
            Dispose();
            Assert.Ignore($"read-ahead: the file system of {path} keeps {Resident(0, bytes):p0} of a file that it was told to drop");
        }
    }

    public int Bytes { get; }

    public Tensor Tensor(int offset, Shape shape) => new((nint)(_start + offset), shape, DType.F32);

    /// <summary>Fraction of the pages of a range that are in memory.</summary>
    public double Resident(int offset, int bytes)
    {
        int page = Environment.SystemPageSize, first = offset / page * page, pages = (offset + bytes - first + page - 1) / page;
        byte[] states = new byte[pages];
        Assert.That(mincore((nint)(_start + first), (nuint)(offset + bytes - first), states), Is.Zero, "mincore");
        return states.Count(state => (state & 1) != 0) / (double)pages;
    }

    /// <summary>Waits until all pages of a range are in memory, at most ten seconds. Gives the fraction that is.</summary>
    public double WaitUntilResident(int offset, int bytes)
    {
        long end = Environment.TickCount64 + 10_000;
        while (Resident(offset, bytes) < 1 && Environment.TickCount64 < end)
        {
            Thread.Sleep(5);
        }

        return Resident(offset, bytes);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _mapping.Dispose();
        _folder.Dispose();
    }

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc")]
    private static partial int mincore(nint address, nuint length, byte[] states);
}
