namespace Numina.Cuda.Text.Unicode;

/// <summary>
/// GPT-2's visible stand-ins for the 256 bytes: printable Latin-1 characters stand for themselves, the others take the code points from U+0100 on.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly int[] PointOfByte = BuildPoints();
    private static readonly short[] ByteOfPoint = BuildBytes();

    public static int Point(int value) => PointOfByte[value];

    /// <summary>The byte that a code point stands for, or -1.</summary>
    public static int Byte(int point) => (uint)point < (uint)ByteOfPoint.Length ? ByteOfPoint[point] : -1;

    private static int[] BuildPoints()
    {
        int[] points = new int[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            points[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? value : next++;
        }

        return points;
    }

    private static short[] BuildBytes()
    {
        short[] bytes = new short[PointOfByte.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[PointOfByte[value]] = (short)value;
        }

        return bytes;
    }
}
