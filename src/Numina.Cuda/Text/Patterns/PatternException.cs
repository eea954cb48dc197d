namespace Numina.Cuda.Text.Patterns;

/// <summary>A pattern is malformed or can't be translated. The message says what was found; the reader of the file adds where.</summary>
internal sealed class PatternException(string found) : Exception(found);
