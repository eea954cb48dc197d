using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Numina.Cuda.Backends.Cuda.Kernels;

/// <summary>The text of the kernels: .cu files, one kernel each, and the .cuh headers that they share.</summary>
internal sealed class KernelSources
{
    private const string Prefix = "kernels/";
    private readonly Dictionary<string, string> _kernels;

    private KernelSources(Dictionary<string, string> files)
    {
        _kernels = files.Where(file => file.Key.EndsWith(".cu", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        Headers = files.Where(file => file.Key.EndsWith(".cuh", StringComparison.Ordinal))
            .OrderBy(file => file.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Name to text.</summary>
    internal IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The sources inside the assembly.</summary>
    internal static KernelSources Embedded()
    {
        Assembly assembly = typeof(KernelSources).Assembly;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            files[name[Prefix.Length..]] = reader.ReadToEnd();
        }

        return new KernelSources(files);
    }

    /// <summary>The sources in a folder: to work on kernels without building the engine.</summary>
    internal static KernelSources FromDirectory(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"kernel folder {folder} does not exist");
        }

        return new KernelSources(Directory.EnumerateFiles(folder, "*.cu*").ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal));
    }

    /// <summary>The text of <c>name.cu</c>.</summary>
    internal string Kernel(string name) => _kernels.TryGetValue($"{name}.cu", out string? text)
        ? text
        : throw new FileNotFoundException($"there is no kernel {name}.cu");

    /// <summary>A digest of everything that the compilation of <c>name.cu</c> may read, and of the options and compiler given.</summary>
    internal string Digest(string name, IEnumerable<string> options, Version compiler)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in Headers.SelectMany(header => new[] { header.Key, header.Value }).Concat(options).Append(Kernel(name)).Append(compiler.ToString()))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
