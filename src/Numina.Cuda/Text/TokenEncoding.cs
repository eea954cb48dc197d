namespace Numina.Cuda.Text;

/// <summary>The tokens of a text; all lists have one entry a token.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Tokens">The tokens as the vocabulary spells them; for an added token the text that it matched.</param>
/// <param name="Offsets">The range of the original text that each token stands for, in code points, the end exclusive; (0, 0) for special tokens.</param>
/// <param name="TypeIds">0 for a single text; what the template says for a pair.</param>
public sealed record TokenEncoding(
    IReadOnlyList<int> Ids,
    IReadOnlyList<string> Tokens,
    IReadOnlyList<(int Start, int End)> Offsets,
    IReadOnlyList<int> TypeIds);
