using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Numina.Cuda.Tests.Solving.Python;

/// <summary>What the attacks are after: a file anyone may read, a folder anyone may write, listening sockets, a process, a word in the environment.</summary>
internal sealed class AttackTargets : IDisposable
{
    public const long MemoryBytes = 256 << 20;
    public const long FileBytes = 4 << 20;
    private const string Secret = "the secret";
    private readonly TcpListener tcp = new(IPAddress.Loopback, 0);
    private readonly Socket unix = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string word = Guid.NewGuid().ToString("N");
    private readonly Process victim;

    public AttackTargets()
    {
        Folder = Directory.CreateTempSubdirectory("numina-attacks-").FullName;
        File.WriteAllText(SecretFile, Secret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
            File.SetUnixFileMode(SecretFile, (UnixFileMode)0b110_110_110);
        }

        tcp.Start();
        unix.Bind(new UnixDomainSocketEndPoint(Path.Combine(Folder, "socket")));
        unix.Listen();
        Environment.SetEnvironmentVariable("NUMINA_TEST_WORD", word);
        victim = Process.Start("sleep", "1000");
    }

    /// <summary>Anyone may write here; also holds the scripts that stand in for python3.</summary>
    public string Folder { get; }

    private string SecretFile => Path.Combine(Folder, "secret");

    public string Fill(string code) => code
        .Replace("%SECRET%", SecretFile, StringComparison.Ordinal)
        .Replace("%FOLDER%", Folder, StringComparison.Ordinal)
        .Replace("%WORD%", word, StringComparison.Ordinal)
        .Replace("%PORT%", ((IPEndPoint)tcp.LocalEndpoint).Port.ToString(), StringComparison.Ordinal)
        .Replace("%VICTIM%", victim.Id.ToString(), StringComparison.Ordinal)
        .Replace("%MEMORY%", MemoryBytes.ToString(), StringComparison.Ordinal)
        .Replace("%FILE%", FileBytes.ToString(), StringComparison.Ordinal);

    /// <summary>Nothing has been touched, written, contacted or killed.</summary>
    public void AssertUnharmed()
    {
        Assert.That(File.ReadAllText(SecretFile), Is.EqualTo(Secret), "the secret file");
        Assert.That(File.Exists(Path.Combine(Folder, "written")), Is.False, "a file was written outside");
        Assert.That(tcp.Pending(), Is.False, "a TCP connection came in");
        Assert.That(unix.Poll(0, SelectMode.SelectRead), Is.False, "a connection came in");
        Assert.That(victim.HasExited, Is.False, "the stranger was killed");
    }

    public void Dispose()
    {
        victim.Kill();
        victim.Dispose();
        unix.Dispose();
        tcp.Dispose();
        Environment.SetEnvironmentVariable("NUMINA_TEST_WORD", null);
        Directory.Delete(Folder, recursive: true);
    }
}
