using System.Text;
using System.Text.Unicode;

namespace Numina.Cuda.Solving.Python;

/// <summary>UTF-8 as CPython's strict decoder reads it, its error messages included (the Unicode standard's table 3-7).</summary>
internal static class StrictUtf8
{
    /// <exception cref="PythonDecodeException">The bytes are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        int position = 0;
        while (true)
        {
            int length = SequenceLength(bytes[position..], out int valid);
            if (length > 0 && length == valid)
            {
                position += length;
                continue;
            }

            throw new PythonDecodeException(Describe(bytes, position, length, valid));
        }
    }

    private static string Describe(ReadOnlySpan<byte> bytes, int position, int length, int valid)
    {
        string reason = length == 0 ? "invalid start byte" : position + valid == bytes.Length ? "unexpected end of data" : "invalid continuation byte";
        int count = Math.Max(valid, 1);
        string where = count == 1 ? $"byte 0x{bytes[position]:x2} in position {position}" : $"bytes in position {position}-{position + count - 1}";
        return $"'utf-8' codec can't decode {where}: {reason}";
    }

    /// <summary>Length that the first byte announces (0: it can't be first), and how many of those bytes are there and right.</summary>
    private static int SequenceLength(ReadOnlySpan<byte> bytes, out int valid)
    {
        byte first = bytes[0];
        int length = first switch
        {
            < 0x80 => 1,
            < 0xc2 => 0,
            < 0xe0 => 2,
            < 0xf0 => 3,
            < 0xf5 => 4,
            _ => 0,
        };
        (byte low, byte high) = first switch
        {
            0xe0 => ((byte)0xa0, (byte)0xbf),
            0xed => ((byte)0x80, (byte)0x9f),
            0xf0 => ((byte)0x90, (byte)0xbf),
            0xf4 => ((byte)0x80, (byte)0x8f),
            _ => ((byte)0x80, (byte)0xbf),
        };
        valid = Math.Min(length, 1);
        while (valid > 0 && valid < length && valid < bytes.Length && bytes[valid] >= low && bytes[valid] <= high)
        {
            valid++;
            (low, high) = (0x80, 0xbf);
        }

        return length;
    }
}
