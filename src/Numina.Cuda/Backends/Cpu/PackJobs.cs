using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Packs panel after panel of an unquantised weight.</summary>
internal readonly unsafe struct PackDenseJob(DenseMatrix matrix, PackedPart part) : IParallelJob
{
    public void Execute(int item, int worker)
    {
        int first = item * PackedPart.PanelWidth;
        int width = Math.Min(PackedPart.PanelWidth, part.Outputs - first);
        byte* panel = part.Panel(item);
        for (int n = 0; n < width; n++)
        {
            long source = (long)(first + n) * matrix.Columns;
            if (part.Format != PanelFormat.Float32)
            {
                Scatter((ushort*)matrix.Data.Pointer + source, (ushort*)panel + n);
            }
            else if (matrix.Data.Type == DType.F32)
            {
                Scatter((float*)matrix.Data.Pointer + source, (float*)panel + n);
            }
            else
            {
                ScatterHalves((Half*)matrix.Data.Pointer + source, (float*)panel + n);
            }
        }
    }

    private void Scatter<T>(T* source, T* destination) where T : unmanaged
    {
        for (int k = 0; k < matrix.Columns; k++)
        {
            destination[(long)k * PackedPart.PanelWidth] = source[k];
        }
    }

    private void ScatterHalves(Half* source, float* destination)
    {
        for (int k = 0; k < matrix.Columns; k++)
        {
            destination[(long)k * PackedPart.PanelWidth] = (float)source[k];
        }
    }
}

/// <summary>Packs panel after panel of a quantised weight: codes become signed, input features are sorted by group.</summary>
internal readonly unsafe struct PackQuantizedJob(QuantizedMatrix matrix, PackedPart part, int[] groups) : IParallelJob
{
    public void Execute(int item, int worker)
    {
        int first = item * PackedPart.PanelWidth;
        int width = Math.Min(PackedPart.PanelWidth, part.Outputs - first);
        int middle = 1 << (matrix.Bits - 1);
        byte* codes = stackalloc byte[PackedPart.PanelWidth];
        byte* at = part.Panel(item);
        int position = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            for (int n = 0; n < width && part.HasZeros; n++)
            {
                ((short*)at)[n] = (short)(matrix.Zero(groups[i], first + n) - middle);
            }

            at += part.ZeroBytes;
            PackScales(groups[i], first, width, at);
            at += part.ScaleBytes;
            for (int end = position + part.GroupSizes[i]; position < end; position++)
            {
                // Outputs past the last one have scale 0 in every group; their codes do not matter.
                ReadCodes(part.Order is { } order ? order[position] : position, first, width, codes);
                Store(codes, middle, at);
                at += part.FeatureBytes;
            }
        }
    }

    private void PackScales(int group, int first, int width, byte* destination)
    {
        for (int n = 0; n < width; n++)
        {
            if (part.Scales == ScaleFormat.Float16)
            {
                ((ushort*)destination)[n] = ((ushort*)matrix.Scales.Pointer)[(long)group * matrix.Rows + first + n];
            }
            else
            {
                ((float*)destination)[n] = matrix.Scale(group, first + n);
            }
        }
    }

    private void Store(byte* codes, int middle, byte* destination)
    {
        if (part.Format == PanelFormat.Int8)
        {
            for (int n = 0; n < PackedPart.PanelWidth; n++)
            {
                destination[n] = (byte)(codes[n] - middle);
            }

            return;
        }

        const int half = PackedPart.PanelWidth / 2;
        for (int n = 0; n < half; n++)
        {
            destination[n] = (byte)(((codes[n] - middle) & 15) | ((codes[n + half] - middle) << 4));
        }
    }

    /// <summary>The codes of input feature <paramref name="k"/> for outputs <paramref name="first"/> onwards.</summary>
    private void ReadCodes(int k, int first, int width, byte* codes)
    {
        if (matrix.Packing == CodePacking.AlongRowsInterleaved)
        {
            for (int n = 0; n < width; n++)
            {
                codes[n] = (byte)matrix.Code(first + n, k);
            }

            return;
        }

        int perWord = 32 / matrix.Bits;
        int shift = matrix.Bits * (k % perWord);
        uint mask = (1u << matrix.Bits) - 1;
        uint* words = (uint*)matrix.Words.Pointer + (long)(k / perWord) * matrix.Rows + first;
        for (int n = 0; n < width; n++)
        {
            codes[n] = (byte)((words[n] >> shift) & mask);
        }
    }
}
