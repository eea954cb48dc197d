using System.Runtime.CompilerServices;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>The key-value pages that one sequence and one key-value head sees.</summary>
/// <param name="Keys">First page of the head, transposed: [HeadDim][PageSize].</param>
/// <param name="Values">First page of the head: [PageSize][HeadDim].</param>
/// <param name="Pages">The sequence's row of the page table.</param>
/// <param name="PageStride">Elements from a page to the next.</param>
/// <param name="PageSize">Tokens of a page.</param>
/// <param name="HeadDim">Elements of a head.</param>
internal readonly unsafe record struct HeadPages(nint Keys, nint Values, nint Pages, long PageStride, int PageSize, int HeadDim)
{
    /// <summary>Of the keys in blocks of sixteen (fewer at a page's end): the block after the one at <paramref name="position"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int NextBlock(int position) => position + Math.Min(Lanes.Count, PageSize - position % PageSize);

    /// <summary>Key <paramref name="position"/>'s first element; element d lies d * PageSize further, the next key's at the next address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Key(int position) => (float*)Keys + ((int*)Pages)[position / PageSize] * PageStride + position % PageSize;

    /// <summary>Value <paramref name="position"/>; the next one of the same page lies HeadDim further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Value(int position) => (float*)Values + ((int*)Pages)[position / PageSize] * PageStride + (long)(position % PageSize) * HeadDim;
}
