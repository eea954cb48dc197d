using System.Text.Json;
using Numina.Cuda.Text.Bpe;

namespace Numina.Cuda.Text.Loading;

/// <summary>Builds the BPE model of a tokenizer.json.</summary>
internal static class ModelReader
{
    // Ids index arrays; no model has a vocabulary near this size.
    private const int LargestId = (1 << 24) - 1;

    public static BpeModel Read(JsonField field)
    {
        // Files from before 2020 name no type.
        if (field.Optional("type") is { } type && type.Text() != "BPE")
        {
            throw type.Error("\"BPE\"", type.Describe());
        }

        if (field.Optional("dropout") is { } dropout && !(dropout.Value.ValueKind == JsonValueKind.Number && dropout.Value.GetDouble() == 0))
        {
            throw dropout.Error("no dropout: it makes encoding random", dropout.Describe());
        }

        BpeOptions options = new()
        {
            UnknownToken = field.Optional("unk_token")?.Text(),
            ContinuingSubwordPrefix = field.Optional("continuing_subword_prefix")?.Text() ?? "",
            EndOfWordSuffix = field.Optional("end_of_word_suffix")?.Text() ?? "",
            FuseUnknown = field.Optional("fuse_unk")?.Flag() ?? false,
            ByteFallback = field.Optional("byte_fallback")?.Flag() ?? false,
            IgnoreMerges = field.Optional("ignore_merges")?.Flag() ?? false,
        };
        Vocabulary vocabulary = ReadVocabulary(field["vocab"]);
        return new BpeModel(vocabulary, ReadMerges(field["merges"], vocabulary, options.ContinuingSubwordPrefix), options);
    }

    private static Vocabulary ReadVocabulary(JsonField field)
    {
        if (field.Value.ValueKind != JsonValueKind.Object)
        {
            throw field.Error("an object of tokens and ids", field.Describe());
        }

        Dictionary<string, int> ids = [];
        foreach (JsonProperty entry in field.Value.EnumerateObject())
        {
            ids[entry.Name] = new JsonField(field.File, field.Path, entry.Value).Number(LargestId);
        }

        return new Vocabulary(ids);
    }

    private static PairTable ReadMerges(JsonField field, Vocabulary vocabulary, string prefix)
    {
        List<(int, int, int, int)> merges = [];
        foreach (JsonField item in field.Items())
        {
            if (Pair(item) is not var (left, right))
            {
                continue;
            }

            if (right.Length < prefix.Length)
            {
                throw item.Error($"a right part with the prefix \"{prefix}\"", $"\"{right}\"");
            }

            merges.Add((Id(item, vocabulary, left), Id(item, vocabulary, right), merges.Count, Id(item, vocabulary, left + right[prefix.Length..])));
        }

        return new PairTable(merges);
    }

    /// <summary>The two parts of a merge, written as "a b" or as ["a", "b"]; null for the version line that old files carry.</summary>
    private static (string Left, string Right)? Pair(JsonField item)
    {
        if (item.Value.ValueKind == JsonValueKind.Array)
        {
            return item.Items().ToArray() is [var left, var right] ? (left.Text(), right.Text()) : throw item.Error("two tokens", item.Value.GetRawText());
        }

        string text = item.Text();
        return text.StartsWith("#version", StringComparison.Ordinal) ? null
            : text.Split(' ') is [var first, var second] ? (first, second)
            : throw item.Error("two tokens with one space between", item.Describe());
    }

    private static int Id(JsonField item, Vocabulary vocabulary, string token) =>
        vocabulary.Id(token) ?? throw item.Error("tokens of the vocabulary", $"\"{token}\", which is not in it");
}
