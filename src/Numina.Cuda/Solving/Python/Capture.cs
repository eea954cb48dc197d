namespace Numina.Cuda.Solving.Python;

/// <summary>Reads a stream to its end and keeps its head.</summary>
internal sealed class Capture(Stream stream, int limit) : IDisposable
{
    private readonly MemoryStream kept = new();

    /// <summary>What has been read so far, up to the limit.</summary>
    public byte[] Bytes
    {
        get
        {
            lock (kept)
            {
                return kept.ToArray();
            }
        }
    }

    /// <summary>Takes the first byte, or notices the end of the stream.</summary>
    public async Task ReadFirstByteAsync(CancellationToken cancel) => _ = await stream.ReadAsync(new byte[1], cancel);

    public void Dispose() => kept.Dispose();

    public async Task ReadToEndAsync(CancellationToken cancel)
    {
        byte[] chunk = new byte[1 << 14];
        while (await stream.ReadAsync(chunk, cancel) is > 0 and int count)
        {
            lock (kept)
            {
                kept.Write(chunk, 0, Math.Min(count, limit - (int)kept.Length));
            }
        }
    }
}
