using System.IO.Compression;
using System.Text.Json;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Text;

/// <summary>The folders of goldens/tokenizer; any file there may be compressed.</summary>
internal static class TokenizerFiles
{
    public const string Root = "goldens/tokenizer";

    public static IEnumerable<string> Names => Reference.Find(Root) is { } root
        ? Directory.GetDirectories(root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)
        : ["absent"];

    public static string Folder(string name) => Path.Combine(Reference.Path(Root), name);

    public static string ReadText(string path)
    {
        if (File.Exists(path))
        {
            return File.ReadAllText(path);
        }

        using StreamReader reader = new(new GZipStream(File.OpenRead(path + ".gz"), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    public static IEnumerable<JsonElement> ReadLines(string name, string file) => ReadText(Path.Combine(Folder(name), file))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement);
}
