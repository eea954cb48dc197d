using System.Globalization;
using System.Text;

namespace Numina.Cuda.Weights;

/// <summary>
/// A file of a checkpoint is malformed or not supported. The message is one line that names the file, the tensor or key, what was expected and what was found;
/// the command line prints it as it is and exits with 1.
/// </summary>
public sealed class CheckpointException : Exception
{
    private const int LongestPart = 240;

    public CheckpointException(string file, string subject, string expected, string found)
        : base($"{OneLine(file)}: {OneLine(Shorten(subject))}: expected {OneLine(Shorten(expected))}, found {OneLine(Shorten(found))}")
    {
    }

    public CheckpointException(string message)
        : base(OneLine(message))
    {
    }

    private static string Shorten(string part) => part.Length <= LongestPart ? part : $"{part.AsSpan(0, LongestPart)}…";

    /// <summary>Names come from the file, so they may hold line breaks and terminal escapes: they are shown as code points.</summary>
    private static string OneLine(string part)
    {
        var line = new StringBuilder(part.Length);
        foreach (char c in part)
        {
            bool breaks = char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            line.Append(breaks ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : c.ToString());
        }

        return line.ToString();
    }
}
