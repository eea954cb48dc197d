using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Pipeline;

/// <summary>
/// A text while it is being transformed: code points, each with the range of code points of the original text it stands for. Edits are written to a second set
/// of arrays which then takes the first one's place, so a reused instance allocates nothing once it has grown.
/// </summary>
internal sealed class NormalizedText
{
    private Columns _current = new();
    private Columns _edited = new();
    private int _editedLength;

    public int Length { get; private set; }

    /// <summary>Where this text begins in the original one.</summary>
    public int Origin { get; set; }

    public ReadOnlySpan<int> Points => _current.Points.AsSpan(0, Length);

    /// <summary>For every code point, the first code point of the original text it stands for.</summary>
    public ReadOnlySpan<int> Starts => _current.Starts.AsSpan(0, Length);

    /// <summary>For every code point, the end (exclusive) of what it stands for in the original text.</summary>
    public ReadOnlySpan<int> Ends => _current.Ends.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Appends the code points of a UTF-16 text; a surrogate without its partner becomes U+FFFD.</summary>
    public void AppendOriginal(ReadOnlySpan<char> text)
    {
        _current.Reserve(Length + text.Length, Length);
        (int[] points, int[] starts, int[] ends) = (_current.Points, _current.Starts, _current.Ends);
        int at = Length;
        for (int i = 0; i < text.Length; i++, at++)
        {
            int point = text[i];
            if (char.IsSurrogate((char)point))
            {
                bool pair = char.IsHighSurrogate((char)point) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
                point = pair ? char.ConvertToUtf32((char)point, text[++i]) : 0xFFFD;
            }

            points[at] = point;
            starts[at] = at;
            ends[at] = at + 1;
        }

        Length = at;
    }

    /// <summary>Replaces the content by a part of another text.</summary>
    public void CopyFrom(NormalizedText source, int start, int length, int origin)
    {
        Length = 0;
        Origin = origin;
        Append(source, start, length);
    }

    public void Append(NormalizedText source, int start, int length)
    {
        _current.Reserve(Length + length, Length);
        source._current.CopyTo(start, _current, Length, length);
        Length += length;
    }

    public void Append(int point, int start, int end)
    {
        _current.Reserve(Length + 1, Length);
        _current.Set(Length++, point, start, end);
    }

    /// <summary>Appends a part of another text with every code point replaced by the visible stand-ins of its UTF-8 bytes.</summary>
    public void AppendByteSymbols(NormalizedText source, int start, int length)
    {
        _current.Reserve(Length + (4 * length), Length);
        (int[] points, int[] starts, int[] ends) = (_current.Points, _current.Starts, _current.Ends);
        Columns from = source._current;
        int at = Length;
        for (int i = start; i < start + length; i++)
        {
            int point = from.Points[i];
            if (point < 0x80)
            {
                points[at] = ByteAlphabet.Point(point);
                starts[at] = from.Starts[i];
                ends[at++] = from.Ends[i];
                continue;
            }

            int bytes = Utf8.LengthOf(point);
            for (int j = 0; j < bytes; j++, at++)
            {
                points[at] = ByteAlphabet.Point(Utf8.ByteAt(point, j, bytes));
                starts[at] = from.Starts[i];
                ends[at] = from.Ends[i];
            }
        }

        Length = at;
    }

    public void BeginEdit() => _editedLength = 0;

    /// <summary>Writes a code point that stands for the given range of the original text.</summary>
    public void Write(int point, int start, int end)
    {
        _edited.Reserve(_editedLength + 1, _editedLength);
        _edited.Set(_editedLength++, point, start, end);
    }

    /// <summary>Writes a code point that stands for what the present code point at <paramref name="index"/> does.</summary>
    public void WriteAs(int index, int point) => Write(point, _current.Starts[index], _current.Ends[index]);

    /// <summary>Writes a new code point that shares what the present code point before <paramref name="index"/> stands for.</summary>
    public void WriteAfter(int index, int point)
    {
        if (index == 0)
        {
            Write(point, Origin, Origin);
        }
        else
        {
            WriteAs(index - 1, point);
        }
    }

    /// <summary>Writes a range of the present text unchanged.</summary>
    public void WriteRange(int start, int end)
    {
        _edited.Reserve(_editedLength + end - start, _editedLength);
        _current.CopyTo(start, _edited, _editedLength, end - start);
        _editedLength += end - start;
    }

    public void EndEdit()
    {
        (_current, _edited) = (_edited, _current);
        Length = _editedLength;
    }

    private sealed class Columns
    {
        public int[] Points = new int[256];
        public int[] Starts = new int[256];
        public int[] Ends = new int[256];

        public void Set(int index, int point, int start, int end)
        {
            Points[index] = point;
            Starts[index] = start;
            Ends[index] = end;
        }

        public void Reserve(int capacity, int used)
        {
            if (capacity <= Points.Length)
            {
                return;
            }

            int size = Math.Max(capacity, Points.Length * 2);
            Points = Grow(Points, size, used);
            Starts = Grow(Starts, size, used);
            Ends = Grow(Ends, size, used);
        }

        public void CopyTo(int from, Columns target, int to, int length)
        {
            Points.AsSpan(from, length).CopyTo(target.Points.AsSpan(to));
            Starts.AsSpan(from, length).CopyTo(target.Starts.AsSpan(to));
            Ends.AsSpan(from, length).CopyTo(target.Ends.AsSpan(to));
        }

        private static int[] Grow(int[] array, int size, int used)
        {
            int[] grown = new int[size];
            array.AsSpan(0, used).CopyTo(grown);
            return grown;
        }
    }
}
