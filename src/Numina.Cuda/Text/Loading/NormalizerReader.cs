using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Loading;

/// <summary>Builds the normalizer of a tokenizer.json.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonField field) => field.Type switch
    {
        "Sequence" => new SequenceNormalizer([.. field["normalizers"].Items().Select(Read)]),
        "Lowercase" => new LowercaseNormalizer(),
        "Strip" => new StripNormalizer(field["strip_left"].Flag(), field["strip_right"].Flag()),
        "Prepend" => new PrependNormalizer(field["prepend"].Points()),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(field["pattern"]), field["content"].Points()),
        "ByteLevel" => new ByteLevelNormalizer(),
        _ => throw field["type"].Error(
            "a normalizer of NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Prepend, Replace, Sequence, ByteLevel, Nmt or Bert", field["type"].Describe()),
    };
}
