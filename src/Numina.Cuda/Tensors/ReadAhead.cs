namespace Numina.Cuda.Tensors;

/// <summary>
/// Has the system read the files behind mapped tensors before anybody touches them, so that the disk works while the processor and the device do. For tensors in other
/// host memory nothing happens.
/// </summary>
internal static class ReadAhead
{
    /// <summary>For one call Linux reads no more than a disk's read-ahead window; this is its usual size and the smallest in use.</summary>
    private const long PieceBytes = 128 << 10;

    /// <summary>Starts to read. Completed when everything is asked for, which may be before it is read; keep the files mapped until then.</summary>
    public static Task Begin(IEnumerable<Tensor> tensors)
    {
        Tensor[] wanted = [.. tensors];
        return OperatingSystem.IsLinux() ? Task.Run(() => Array.ForEach(wanted, Ask)) : Task.CompletedTask;
    }

    private static void Ask(Tensor tensor)
    {
        nint first = tensor.Pointer & ~(nint)(Environment.SystemPageSize - 1);
        long length = tensor.Pointer + (nint)tensor.ByteLength - first;
        for (long done = 0; done < length; done += PieceBytes)
        {
            MemoryAdvice.Give(first + (nint)done, Math.Min(PieceBytes, length - done), MemoryAdvice.WillNeed);
        }
    }
}
