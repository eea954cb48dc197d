namespace Numina.Cuda.Tensors;

/// <summary>Asks the system to back memory with large pages. A stream over weights is a third faster with them: fewer address translations to fetch.</summary>
internal static class LargePages
{
    /// <summary>Size of a large page on x86-64 and on most ARM systems.</summary>
    public const int Size = 2 << 20;

    /// <summary>Only advice: where large pages are unknown or switched off, nothing changes.</summary>
    public static void Advise(nint pointer, long byteLength) => MemoryAdvice.Give(pointer, byteLength, MemoryAdvice.LargePages);
}
