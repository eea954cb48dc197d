namespace Numina.Cuda.Solving.Python;

/// <summary>One execution's files: its scratch folder, and beside it the file on which it tells its error.</summary>
internal sealed class PrewarmedFolder : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Attempts = 5;
    private readonly string path;
    private readonly FileStream report;

    public PrewarmedFolder(string path)
    {
        this.path = path;
        Directory.CreateDirectory(Scratch);
        // Held open from before the program: whatever it puts in its place (a device, a pipe, a link) is not what is read.
        report = new FileStream(Report, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    public string Scratch => Path.Combine(path, "run");

    public string Report => Path.Combine(path, "report");

    /// <summary>What the program told of its error, up to a limit.</summary>
    public byte[] ReadReport(int limit)
    {
        byte[] bytes = new byte[Math.Min(report.Length, limit)];
        report.Position = 0;
        return bytes[..report.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    /// <summary>Removes the folder, also one that the program has locked. What can't be removed now goes with the pool's folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await report.DisposeAsync();
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                Unlock(new DirectoryInfo(path));
                Directory.Delete(path, recursive: true);
                return;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The system may hold the files of a killed process a moment longer.
                await Task.Delay(20 * attempt);
            }
        }
    }

    private static void Unlock(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        folder.UnixFileMode = OwnerOnly;
        foreach (DirectoryInfo inner in folder.EnumerateDirectories().Where(inner => inner.LinkTarget == null))
        {
            Unlock(inner);
        }
    }
}
