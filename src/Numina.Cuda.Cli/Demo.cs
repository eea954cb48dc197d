using System.Reflection;
using System.Security.Cryptography;
using Numina.Cuda.Backends;

namespace Numina.Cuda.Cli;

/// <summary>
/// The model and the problems that travel inside the program, unpacked once into the user's cache folder: checkpoints are memory-mapped, so they must be files.
/// The folder's name holds a hash of the contents: another version of the program has its own.
/// </summary>
internal static class Demo
{
    private const string Prefix = "demo/";

    public static string ModelFolder() => Unpack();

    public static string ProblemsFile() => Path.Combine(Unpack(), "problems.jsonl");

    private static string Unpack()
    {
        Assembly program = typeof(Demo).Assembly;
        string[] names = [.. program.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string folder = Path.Combine(UserCache.Folder, "demo-" + Digest(program, names));
        if (!Directory.Exists(folder))
        {
            // A rename makes it appear whole or not at all, also when two processes start at once.
            string unfinished = $"{folder}.{Environment.ProcessId}.tmp";
            Directory.CreateDirectory(unfinished);
            foreach (string name in names)
            {
                using FileStream file = File.Create(Path.Combine(unfinished, name[Prefix.Length..]));
                program.GetManifestResourceStream(name)!.CopyTo(file);
            }

            MoveUnlessThere(unfinished, folder);
        }

        return folder;
    }

    private static void MoveUnlessThere(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
        }
        catch (IOException) when (Directory.Exists(to))
        {
            Directory.Delete(from, recursive: true);
        }
    }

    private static string Digest(Assembly program, string[] names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 16];
        foreach (string name in names)
        {
            using Stream stream = program.GetManifestResourceStream(name)!;
            for (int read; (read = stream.Read(block)) > 0;)
            {
                hash.AppendData(block, 0, read);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }
}
