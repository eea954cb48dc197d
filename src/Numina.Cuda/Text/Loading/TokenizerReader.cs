using System.IO.Compression;
using System.Text.Json;
using System.Text.Unicode;
using Numina.Cuda.Text.Bpe;
using Numina.Cuda.Text.Normalizers;

namespace Numina.Cuda.Text.Loading;

/// <summary>Reads a tokenizer.json, plain or compressed with gzip.</summary>
internal static class TokenizerReader
{
    public static TokenizerParts ReadFolder(string folder)
    {
        string plain = Path.Combine(folder, "tokenizer.json");
        string compressed = plain + ".gz";
        if (File.Exists(plain))
        {
            return Read(File.ReadAllBytes(plain), plain);
        }

        if (!File.Exists(compressed))
        {
            throw new TokenizerException($"{plain}: expected a tokenizer file, found none");
        }

        return Read(Unpack(compressed), compressed);
    }

    /// <summary><paramref name="name"/> is what errors call the file.</summary>
    public static TokenizerParts Read(ReadOnlyMemory<byte> json, string name)
    {
        if (!Utf8.IsValid(json.Span))
        {
            throw new TokenizerException(name, "$", "UTF-8", "bytes that are not");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(new JsonField(name, "$", document.RootElement));
        }
        catch (JsonException error)
        {
            string first = error.Message.Split('\n')[0].Trim();
            throw new TokenizerException(name, error.Path ?? "$", "JSON", first);
        }
        catch (InvalidOperationException)
        {
            // The one thing that the document finds out only when it is read.
            throw new TokenizerException(name, "$", "keys of Unicode text", "a surrogate without its partner");
        }
    }

    private static byte[] Unpack(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using GZipStream unpacked = new(file, CompressionMode.Decompress);
            using MemoryStream bytes = new();
            unpacked.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (InvalidDataException error)
        {
            throw new TokenizerException(path, "$", "a gzip file", error.Message);
        }
    }

    private static TokenizerParts Read(JsonField root)
    {
        if (root.Optional("version") is { } version && version.Text() != "1.0")
        {
            throw version.Error("\"1.0\"", version.Describe());
        }

        Normalizer? normalizer = root.Optional("normalizer") is { } n ? NormalizerReader.Read(n) : null;
        BpeModel model = ModelReader.Read(root["model"]);
        return new TokenizerParts
        {
            Normalizer = normalizer,
            Model = model,
            Added = AddedVocabularyReader.Read(root.Optional("added_tokens"), model.Vocabulary, normalizer),
            PreTokenizer = root.Optional("pre_tokenizer") is { } preTokenizer ? PreTokenizerReader.Read(preTokenizer) : null,
            PostProcessor = root.Optional("post_processor") is { } postProcessor ? PostProcessorReader.Read(postProcessor) : null,
            Decoder = root.Optional("decoder") is { } decoder ? DecoderReader.Read(decoder) : null,
            Truncation = root.Optional("truncation") is { } truncation ? LimitsReader.ReadTruncation(truncation) : null,
            Padding = root.Optional("padding") is { } padding ? LimitsReader.ReadPadding(padding) : null,
        };
    }
}
