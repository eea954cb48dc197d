using System.Text;

namespace Numina.Cuda.Solving.Python;

/// <summary>Python's notions of text, where they differ from .NET's.</summary>
internal static class PythonText
{
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary><c>str.strip()</c>: U+001C to U+001F are white space too; U+FEFF and others that .NET may take are not.</summary>
    public static string Strip(string text)
    {
        int start = 0;
        int end = text.Length;
        while (start < end && IsSpace(text[start]))
        {
            start++;
        }

        while (end > start && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>Text mode's universal newlines: CRLF and CR become LF.</summary>
    public static string UniversalNewlines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    /// <summary>UTF-8 with U+FFFD for whatever is none.</summary>
    public static string DecodeLeniently(ReadOnlySpan<byte> bytes) => Lenient.GetString(bytes);

    private static bool IsSpace(char c) => c is (>= '\t' and <= '\r') or (>= '\x1c' and <= ' ') or '\x85' or '\xa0' or '\u1680' or (>= '\u2000' and <= '\u200a')
        or '\u2028' or '\u2029' or '\u202f' or '\u205f' or '\u3000';
}
