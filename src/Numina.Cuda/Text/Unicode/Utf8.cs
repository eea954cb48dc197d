namespace Numina.Cuda.Text.Unicode;

/// <summary>UTF-8 of single code points.</summary>
internal static class Utf8
{
    public static int LengthOf(int point) => point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

    public static int LengthOf(ReadOnlySpan<int> points)
    {
        int length = 0;
        foreach (int point in points)
        {
            length += LengthOf(point);
        }

        return length;
    }

    /// <summary>Byte <paramref name="index"/> of the encoding of <paramref name="point"/>, which has <paramref name="length"/> bytes.</summary>
    public static int ByteAt(int point, int index, int length)
    {
        int bits = point >> (6 * (length - 1 - index));
        return index > 0
            ? 0x80 | (bits & 0x3F)
            : length switch
            {
                1 => point,
                2 => 0xC0 | bits,
                3 => 0xE0 | bits,
                _ => 0xF0 | bits,
            };
    }
}
