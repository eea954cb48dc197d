using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Numina.Cuda.Text;

namespace Numina.Cuda.Bench;

/// <summary>
/// Encodes the reference text on one thread, whole and in documents of 2,000 code points, checks the tokens and prints the speed beside the one that Hugging
/// Face's tokenizers had (on another machine, so only its order tells), and what a steady-state call allocates beyond its result.
/// </summary>
internal static class TokenizerBench
{
    private const int DocumentLength = 2000;
    // Enough for the compiler to have finished with the hot code.
    private const int Repetitions = 15;

    /// <param name="goldens">The folder with reference.json, bench.txt.gz and the tokenizers.</param>
    /// <returns>0, or 1 when a token differs.</returns>
    public static int Run(string goldens, TextWriter output, bool json)
    {
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(Path.Combine(goldens, "reference.json")));
        string text = ReadText(goldens);
        string[] documents = Cut(text);
        bool same = true;
        foreach (JsonProperty entry in reference.RootElement.GetProperty("results").EnumerateObject())
        {
            Tokenizer tokenizer = Tokenizer.Load(Path.Combine(goldens, entry.Name));
            same &= Measure(tokenizer, entry, "whole", [text], "encode_fast_whole_text_MBps", output, json);
            same &= Measure(tokenizer, entry, "documents", documents, "encode_documents_MBps", output, json);
        }

        return same ? 0 : 1;
    }

    private static bool Measure(Tokenizer tokenizer, JsonProperty entry, string what, string[] texts, string figure, TextWriter output, bool json)
    {
        List<int> ids = [];
        foreach (string text in texts)
        {
            ids.AddRange(tokenizer.Encode(text, addSpecialTokens: false));
        }

        bool same = ids.Count == entry.Value.GetProperty($"tokens_{what}").GetInt32()
            && Crc32(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ids))) == entry.Value.GetProperty($"crc32_ids_{what}").GetUInt32();
        double seconds = double.MaxValue;
        long allocated = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            foreach (string text in texts)
            {
                _ = tokenizer.Encode(text, addSpecialTokens: false);
            }

            seconds = Math.Min(seconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // An array of n ids takes 24 bytes of header and 4 n, rounded up to 8; arrays are the result itself.
        long results = texts.Sum(text => (24 + (4L * tokenizer.Encode(text, addSpecialTokens: false).Length) + 7) / 8 * 8);
        double speed = texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)) / seconds / 1e6;
        double peer = entry.Value.GetProperty(figure).GetDouble();
        output.WriteLine(json
            ? $$"""{"tokenizer":"{{entry.Name}}","texts":"{{what}}","megabytes_per_second":{{speed:F2}},"hugging_face":{{peer}},"allocated_beyond_result":{{allocated - results}},"equal":{{(same ? "true" : "false")}}}"""
            : $"{entry.Name,-20} {what,-10} {speed,8:F2} MB/s  {speed / peer,6:F1} x Hugging Face's {peer:F2} MB/s elsewhere  {allocated - results,6} bytes beyond the result  {(same ? "tokens equal" : "TOKENS DIFFER")}");
        return same;
    }

    private static string ReadText(string goldens)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(Path.Combine(goldens, "bench.txt.gz")), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static string[] Cut(string text)
    {
        List<string> documents = [];
        StringBuilder document = new();
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            document.Append(rune.ToString());
            if (++length == DocumentLength)
            {
                documents.Add(document.ToString());
                document.Clear();
                length = 0;
            }
        }

        if (length > 0)
        {
            documents.Add(document.ToString());
        }

        return [.. documents];
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }

        return ~crc;
    }
}
