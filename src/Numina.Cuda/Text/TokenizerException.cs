using System.Globalization;

namespace Numina.Cuda.Text;

/// <summary>
/// A tokenizer.json is malformed or asks for something that is not supported, or a text can't be encoded as its settings demand. The message is one line that
/// names the file, the JSON path, what was expected and what was found; the command line prints it as it is and exits with 1.
/// </summary>
public sealed class TokenizerException : Exception
{
    public TokenizerException(string file, string path, string expected, string found)
        : base(OneLine($"{file}: {path}: expected {expected}, found {found}"))
    {
    }

    public TokenizerException(string message)
        : base(OneLine(message))
    {
    }

    /// <summary>What was found may hold line breaks of its own.</summary>
    private static string OneLine(string message) =>
        string.Concat(message.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString()));
}
