using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends;

/// <summary>The extents of a paged key-value cache.</summary>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Pages">Pages in the pool; each exists in every layer.</param>
/// <param name="PageSize">Tokens a page holds.</param>
/// <param name="KvHeads">Key-value heads.</param>
/// <param name="HeadDim">Elements of one head.</param>
/// <param name="Type">Element type of keys and values.</param>
public sealed record KvLayout(int Layers, int Pages, int PageSize, int KvHeads, int HeadDim, DType Type)
{
    /// <summary>Bytes of one page over all layers, keys and values.</summary>
    public long PageBytes => 2L * Layers * PageSize * KvHeads * HeadDim * Type.ByteSize();
}

/// <summary>
/// Keys and values of all sequences: for each layer two tensors of whole pages. How a head lies inside its page is the backend's own (the CPU keeps keys transposed), so only
/// its operations may read them. Owns its memory.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly Buffer[] _keys;
    private readonly Buffer[] _values;

    /// <summary>Allocates every page. Throws <see cref="OutOfMemoryException"/>, and holds nothing then, when there is no room.</summary>
    public KvCache(IBackend backend, KvLayout layout)
    {
        Layout = layout;
        long bytes = layout.PageBytes / 2 / layout.Layers * layout.Pages;
        var allocated = new List<Buffer>();
        try
        {
            for (int i = 0; i < 2 * layout.Layers; i++)
            {
                allocated.Add(backend.Allocate(bytes));
            }
        }
        catch
        {
            allocated.ForEach(buffer => buffer.Dispose());
            throw;
        }

        _keys = [.. allocated[..layout.Layers]];
        _values = [.. allocated[layout.Layers..]];
    }

    public KvLayout Layout { get; }

    /// <summary>Keys of one layer: [Pages, KvHeads, PageSize, HeadDim], the last two in the order that the backend likes.</summary>
    public Tensor Keys(int layer) => _keys[layer].View(Layout.Type, PagesShape);

    /// <summary>Values of one layer, [Pages, KvHeads, PageSize, HeadDim].</summary>
    public Tensor Values(int layer) => _values[layer].View(Layout.Type, PagesShape);

    private Shape PagesShape => new(Layout.Pages, Layout.KvHeads, Layout.PageSize, Layout.HeadDim);

    public void Dispose()
    {
        foreach (Buffer buffer in _keys.Concat(_values))
        {
            buffer.Dispose();
        }
    }
}
