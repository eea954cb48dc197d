namespace Numina.Cuda.Cli;

/// <summary>What a key-value cache may take of a device that already holds a model's weights and activations.</summary>
/// <param name="Free">Bytes that are free there.</param>
/// <param name="Usable">Bytes that the cache may take when nobody says how many.</param>
/// <param name="Rule">How <paramref name="Usable"/> follows from <paramref name="Free"/>, in words behind a comma.</param>
/// <param name="FreeIsAll">More than <paramref name="Free"/> can't be had, as on a GPU; the host's pages are taken only where they are written.</param>
internal sealed record CacheRoom(long Free, long Usable, string Rule, bool FreeIsAll)
{
    /// <summary>Kernels' modules, gathered activations, sampling lists, and what the driver itself takes as the run goes on.</summary>
    private const long LeastReserve = 256L << 20;

    /// <summary>All but a tenth, at least 256 MiB, and the attention's workspace.</summary>
    /// <param name="free">Free bytes of the device.</param>
    /// <param name="attentionWorkspace">Bytes that the attention of the largest step will come to need.</param>
    public static CacheRoom OnGpu(long free, long attentionWorkspace)
    {
        long reserve = Math.Max(free / 10, LeastReserve) + attentionWorkspace;
        return new CacheRoom(free, Math.Max(0, free - reserve), $"less {MemorySize.Text(reserve)} for workspaces", FreeIsAll: true);
    }

    /// <summary>A quarter of the machine leaves room for other programs; what they have taken is not there.</summary>
    public static CacheRoom OnHost(long total, long available) =>
        new(available, Math.Min(total / 4, available), $"at most a quarter of the machine's {MemorySize.Text(total)}", FreeIsAll: false);
}
