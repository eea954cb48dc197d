using System.Text;
using Numina.Cuda.Text.Decoders;
using Decoder = Numina.Cuda.Text.Decoders.Decoder;

namespace Numina.Cuda.Text.Loading;

/// <summary>Builds the decoder of a tokenizer.json.</summary>
internal static class DecoderReader
{
    public static Decoder Read(JsonField field) => field.Type switch
    {
        "Sequence" => new SequenceDecoder([.. field["decoders"].Items().Select(Read)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Strip" => new StripDecoder(Character(field["content"]), field["start"].Number(), field["stop"].Number()),
        "Replace" => new ReplaceDecoder(PatternReader.Read(field["pattern"]), field["content"].Text()),
        "Metaspace" => new MetaspaceDecoder(Character(field["replacement"]), PreTokenizerReader.Scheme(field)),
        "BPEDecoder" => new BpeDecoder(field["suffix"].Text()),
        "WordPiece" => new WordPieceDecoder(field["prefix"].Text(), field["cleanup"].Flag()),
        "CTC" => new CtcDecoder(field["pad_token"].Text(), field["word_delimiter_token"].Text(), field["cleanup"].Flag()),
        _ => throw field["type"].Error(
            "a decoder of ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace, BPEDecoder, WordPiece, CTC or Sequence", field["type"].Describe()),
    };

    private static string Character(JsonField field) => new Rune(field.Point()).ToString();
}
