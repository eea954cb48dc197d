namespace Numina.Cuda.Text.Added;

/// <summary>A token that is cut out of the text before anything else; the flags are those of tokenizer.json.</summary>
internal sealed record AddedToken(string Content, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized, bool Special);
