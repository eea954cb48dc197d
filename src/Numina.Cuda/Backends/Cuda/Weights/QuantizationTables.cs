using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Weights;

/// <summary>Scales and zero points of stacked matrices as matmul reads them: [groups, padded columns], 0 in the padding.</summary>
internal static class QuantizationTables
{
    /// <summary>In the checkpoint's own type.</summary>
    internal static unsafe byte[] Scales(IReadOnlyList<QuantizedMatrix> parts, int paddedColumns)
    {
        int groups = parts[0].Groups, size = parts[0].Scales.Type.ByteSize();
        byte[] table = new byte[(long)groups * paddedColumns * size];
        int column = 0;
        foreach (QuantizedMatrix part in parts)
        {
            for (int group = 0; group < groups; group++)
            {
                nint row = part.Scales.Pointer + (nint)((long)group * part.Rows * size);
                new ReadOnlySpan<byte>((void*)row, part.Rows * size).CopyTo(table.AsSpan((group * paddedColumns + column) * size));
            }

            column += part.Rows;
        }

        return table;
    }

    /// <summary>With the checkpoint's offset added: 0 to 256.</summary>
    internal static ushort[] Zeros(IReadOnlyList<QuantizedMatrix> parts, int paddedColumns)
    {
        int groups = parts[0].Groups;
        ushort[] table = new ushort[(long)groups * paddedColumns];
        int column = 0;
        foreach (QuantizedMatrix part in parts)
        {
            for (int group = 0; group < groups; group++)
            {
                for (int n = 0; n < part.Rows; n++)
                {
                    table[group * paddedColumns + column + n] = (ushort)part.Zero(group, n);
                }
            }

            column += part.Rows;
        }

        return table;
    }
}
