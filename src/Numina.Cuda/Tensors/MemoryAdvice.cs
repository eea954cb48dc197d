using System.Runtime.InteropServices;

namespace Numina.Cuda.Tensors;

/// <summary>Tells the system how memory will be used. Only advice: what the system does not know, cannot do or does not map is passed over. Linux only, elsewhere nothing.</summary>
internal static partial class MemoryAdvice
{
    /// <summary>Soon to be read.</summary>
    public const int WillNeed = 3;

    /// <summary>To be backed with large pages.</summary>
    public const int LargePages = 14;

    /// <param name="pointer">Multiple of the page size, else the system refuses.</param>
    /// <param name="byteLength">Rounded up to whole pages by the system.</param>
    /// <param name="advice">One of the constants.</param>
    public static void Give(nint pointer, long byteLength, int advice)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(pointer, (nuint)byteLength, advice);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
