using System.Text.Json;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.Loading;

/// <summary>Reads the truncation and padding sections of a tokenizer.json.</summary>
internal static class LimitsReader
{
    // Padding is written out, so its length is bounded.
    private const int LongestPadding = 1 << 24;

    public static Truncation ReadTruncation(JsonField field) => new()
    {
        FromLeft = field.Optional("direction")?.Choice(("Left", true), ("Right", false)) ?? false,
        MaxLength = field["max_length"].Number(),
        Strategy = field["strategy"].Choice(
            ("LongestFirst", TruncationStrategy.LongestFirst), ("OnlyFirst", TruncationStrategy.OnlyFirst), ("OnlySecond", TruncationStrategy.OnlySecond)),
        Stride = field["stride"].Number(),
    };

    public static Padding ReadPadding(JsonField field) => new()
    {
        FixedLength = ReadStrategy(field["strategy"]),
        Left = field["direction"].Choice(("Left", true), ("Right", false)),
        MultipleOf = field.Optional("pad_to_multiple_of")?.Number(LongestPadding) ?? 0,
        Id = field["pad_id"].Number(),
        TypeId = field["pad_type_id"].Number(),
        Token = field["pad_token"].Text(),
    };

    private static int? ReadStrategy(JsonField field) =>
        field.Value.ValueKind == JsonValueKind.String ? field.Choice(("BatchLongest", (int?)null)) : field["Fixed"].Number(LongestPadding);
}
