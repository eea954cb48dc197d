using Numina.Cuda.Text.Added;
using Numina.Cuda.Text.Bpe;
using Numina.Cuda.Text.Decoders;
using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.PostProcessors;
using Numina.Cuda.Text.PreTokenizers;

namespace Numina.Cuda.Text.Loading;

/// <summary>The sections of a tokenizer.json, built. Immutable and shared by all threads.</summary>
internal sealed record TokenizerParts
{
    public required Normalizer? Normalizer { get; init; }

    public required PreTokenizer? PreTokenizer { get; init; }

    public required BpeModel Model { get; init; }

    public required AddedVocabulary Added { get; init; }

    public required PostProcessor? PostProcessor { get; init; }

    public required Decoder? Decoder { get; init; }

    public required Truncation? Truncation { get; init; }

    public required Padding? Padding { get; init; }
}
