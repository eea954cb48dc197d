using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Loading;

/// <summary>Builds the normalizer of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonField field) => field.Type switch
    {
        "Sequence" => new SequenceNormalizer([.. field["normalizers"].Items().Select(Read)]),
        "NFC" => new UnicodeFormNormalizer(compatible: false, compose: true),
        "NFD" => new UnicodeFormNormalizer(compatible: false, compose: false),
        "NFKC" => new UnicodeFormNormalizer(compatible: true, compose: true),
        "NFKD" => new UnicodeFormNormalizer(compatible: true, compose: false),
        "StripAccents" => new FilterNormalizer(new CodePointSet(NormalizationTables.Instance.Marks)),
        "Nmt" => new FilterNormalizer(NmtRemoved, NmtSpaces),
        "BertNormalizer" => ReadBert(field),
        "Lowercase" => new LowercaseNormalizer(),
        "Strip" => new StripNormalizer(field["strip_left"].Flag(), field["strip_right"].Flag()),
        "Prepend" => new PrependNormalizer(field["prepend"].Points()),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(field["pattern"]), field["content"].Points()),
        "ByteLevel" => new ByteLevelNormalizer(),
        _ => throw field["type"].Error(
            "a normalizer of NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend, Replace, Sequence, ByteLevel, Nmt or BertNormalizer", field["type"].Describe()),
    };

    private static CodePointSet NmtRemoved => new(CodePointRanges.OfPairs((0x01, 0x08), (0x0B, 0x0B), (0x0E, 0x1F), (0x7F, 0x7F), (0x8F, 0x8F), (0x9F, 0x9F)));

    private static CodePointSet NmtSpaces => new(CodePointRanges.OfPairs(
        (0x09, 0x0A), (0x0C, 0x0D), (0x1680, 0x1680), (0x200B, 0x200F), (0x2028, 0x2029), (0x2581, 0x2581), (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD)));

    /// <summary>Control and format characters, and the ends of the private use areas, which is all that the reference's table has of those.</summary>
    private static CodePointRanges BertRemoved => UnicodeProperties.Of("Cc").Union(UnicodeProperties.Of("Cf"))
        .Except(CodePointRanges.OfPairs((0x09, 0x0A), (0x0D, 0x0D), (0x13439, 0x1343F)))
        .Union(CodePointRanges.OfPairs(
            (0x0, 0x0), (0xFFFD, 0xFFFD), (0xE000, 0xE000), (0xF8FF, 0xF8FF), (0xF0000, 0xF0000), (0xFFFFD, 0xFFFFD), (0x100000, 0x100000), (0x10FFFD, 0x10FFFD)));

    private static SequenceNormalizer ReadBert(JsonField field)
    {
        List<Normalizer> steps = [];
        bool lowercase = field["lowercase"].Flag();
        if (field["clean_text"].Flag())
        {
            steps.Add(new FilterNormalizer(new CodePointSet(BertRemoved), new CodePointSet(UnicodeProperties.WhiteSpace)));
        }

        if (field["handle_chinese_chars"].Flag())
        {
            steps.Add(new IdeographNormalizer());
        }

        if (field.Optional("strip_accents")?.Flag() ?? lowercase)
        {
            steps.Add(new UnicodeFormNormalizer(compatible: false, compose: false));
            steps.Add(new FilterNormalizer(new CodePointSet(UnicodeProperties.Of("Mn"))));
        }

        if (lowercase)
        {
            steps.Add(new LowercaseNormalizer());
        }

        return new SequenceNormalizer([.. steps]);
    }
}
