namespace Numina.Cuda.Solving.Python;

/// <summary>Reads a stream to its end and keeps its head.</summary>
/// <param name="stream">Not disposed.</param>
/// <param name="limit">Bytes that are kept.</param>
/// <param name="whenExceeded">Called when there is more, again with each further piece.</param>
internal sealed class Capture(Stream stream, int limit, Action? whenExceeded = null) : IDisposable
{
    private readonly MemoryStream kept = new();

    /// <summary>Whether there was more than the limit.</summary>
    public bool Exceeded { get; private set; }

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

    /// <summary>Takes the first byte; false at the end of the stream.</summary>
    public async Task<bool> ReadFirstByteAsync(CancellationToken cancel) => await stream.ReadAsync(new byte[1], cancel) == 1;

    public void Dispose() => kept.Dispose();

    public async Task ReadToEndAsync(CancellationToken cancel)
    {
        byte[] chunk = new byte[1 << 14];
        while (await stream.ReadAsync(chunk, cancel) is > 0 and int count)
        {
            lock (kept)
            {
                int room = limit - (int)kept.Length;
                Exceeded |= count > room;
                kept.Write(chunk, 0, Math.Min(count, room));
            }

            if (Exceeded)
            {
                whenExceeded?.Invoke();
            }
        }
    }
}
