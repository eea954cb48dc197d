using System.Buffers;
using System.Globalization;
using System.Text;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Decoders;

/// <summary>
/// Turns the visible stand-ins of bytes back into bytes and all of them into one text. A token with any other character stands for its own UTF-8. Malformed
/// UTF-8 gives one U+FFFD per maximal invalid prefix.
/// </summary>
internal sealed class ByteLevelDecoder : Decoder
{
    private const int MaxTail = 4;

    public override void Decode(List<string> texts)
    {
        ArrayBufferWriter<byte> bytes = new(256);
        foreach (string text in texts)
        {
            AppendBytes(text, bytes);
        }

        texts.Clear();
        texts.Add(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    /// <summary>The last character decides, and it begins at the last byte that doesn't continue another.</summary>
    public override bool EndsOpen(ReadOnlySpan<string> texts)
    {
        Span<byte> tail = stackalloc byte[MaxTail];
        int start = MaxTail;
        for (int i = texts.Length - 1; i >= 0; i--)
        {
            ArrayBufferWriter<byte> bytes = new(64);
            AppendBytes(texts[i], bytes);
            for (int j = bytes.WrittenCount - 1; j >= 0; j--)
            {
                tail[--start] = bytes.WrittenSpan[j];
                bool continues = (tail[start] & 0xC0) == 0x80;
                if (!continues || start == 0)
                {
                    return !System.Text.Unicode.Utf8.IsValid(tail[start..]);
                }
            }
        }

        return false;
    }

    private static void AppendBytes(string text, ArrayBufferWriter<byte> bytes)
    {
        Span<byte> target = bytes.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        for (int i = 0; i < text.Length; i++)
        {
            int value = ByteAlphabet.Byte(text[i]);
            if (value < 0)
            {
                bytes.Advance(Encoding.UTF8.GetBytes(text, target));
                return;
            }

            target[i] = (byte)value;
        }

        bytes.Advance(text.Length);
    }
}

/// <summary>
/// Turns runs of <c>&lt;0xNN&gt;</c> tokens into text. A run that is not valid UTF-8 as a whole gives one U+FFFD per token.
/// </summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    public override void Decode(List<string> texts)
    {
        List<string> decoded = [];
        List<byte> run = [];
        foreach (string text in texts)
        {
            if (ByteOf(text) is { } value)
            {
                run.Add(value);
            }
            else
            {
                Flush(run, decoded);
                decoded.Add(text);
            }
        }

        Flush(run, decoded);
        texts.Clear();
        texts.AddRange(decoded);
    }

    private static void Flush(List<byte> run, List<string> decoded)
    {
        if (run.Count == 0)
        {
            return;
        }

        byte[] bytes = [.. run];
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            decoded.Add(Encoding.UTF8.GetString(bytes));
        }
        else
        {
            decoded.AddRange(Enumerable.Repeat("\uFFFD", run.Count));
        }

        run.Clear();
    }

    private static byte? ByteOf(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
        && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;
}
