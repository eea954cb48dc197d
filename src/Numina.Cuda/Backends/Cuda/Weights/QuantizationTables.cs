using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Weights;

/// <summary>Scales and zero points of stacked matrices as matmul reads them: [groups, padded columns], 0 in the padding.</summary>
internal static class QuantizationTables
{
    /// <summary>In the checkpoint's own type. <paramref name="rows"/>: the rows of every part in the order that they are stacked in, -1 for padding.</summary>
    internal static unsafe byte[] Scales(IReadOnlyList<QuantizedMatrix> parts, RowOrder rows, int paddedColumns)
    {
        int groups = parts[0].Groups, size = parts[0].Scales.Type.ByteSize();
        byte[] table = new byte[(long)groups * paddedColumns * size];
        foreach ((QuantizedMatrix part, int column, int n) in Stacked(parts, rows))
        {
            for (int group = 0; group < groups; group++)
            {
                nint scale = part.Scales.Pointer + (nint)(((long)group * part.Rows + n) * size);
                new ReadOnlySpan<byte>((void*)scale, size).CopyTo(table.AsSpan((group * paddedColumns + column) * size));
            }
        }

        return table;
    }

    /// <summary>With the checkpoint's offset added: 0 to 256.</summary>
    internal static ushort[] Zeros(IReadOnlyList<QuantizedMatrix> parts, RowOrder rows, int paddedColumns)
    {
        int groups = parts[0].Groups;
        ushort[] table = new ushort[(long)groups * paddedColumns];
        foreach ((QuantizedMatrix part, int column, int n) in Stacked(parts, rows))
        {
            for (int group = 0; group < groups; group++)
            {
                table[group * paddedColumns + column] = (ushort)part.Zero(group, n);
            }
        }

        return table;
    }

    private static IEnumerable<(QuantizedMatrix Part, int Column, int Row)> Stacked(IReadOnlyList<QuantizedMatrix> parts, RowOrder rows)
    {
        int first = 0;
        foreach (QuantizedMatrix part in parts)
        {
            int width = rows.Width(part);
            for (int i = 0; i < width; i++)
            {
                if (rows.Source(i) is var n and >= 0)
                {
                    yield return (part, first + i, n);
                }
            }

            first += width;
        }
    }
}
