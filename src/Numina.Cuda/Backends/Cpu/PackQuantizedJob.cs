using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Packs panel after panel of a quantised weight: codes become signed, input features are sorted by group.</summary>
internal readonly unsafe struct PackQuantizedJob(QuantizedMatrix matrix, PackedPart part, int[] groups) : IParallelJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
                Store(codes, at);
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

    /// <summary>Taking the middle off a code and keeping the low bits turns its highest bit over.</summary>
    private void Store(byte* codes, byte* destination)
    {
        Vector128<byte> first = Vector128.Load(codes), second = Vector128.Load(codes + 16);
        if (part.Format == PanelFormat.Int8)
        {
            (first ^ Vector128.Create((byte)0x80)).Store(destination);
            (second ^ Vector128.Create((byte)0x80)).Store(destination + 16);
        }
        else
        {
            ((first | (second << 4)) ^ Vector128.Create((byte)0x88)).Store(destination);
        }
    }

    /// <summary>The codes of input feature <paramref name="k"/> for outputs <paramref name="first"/> onwards.</summary>
    private void ReadCodes(int k, int first, int width, byte* codes)
    {
        if (matrix.Packing == CodePacking.AlongRowsInterleaved)
        {
            uint* interleaved = (uint*)matrix.Words.Pointer + (long)k * (matrix.Rows / 8) + first / 8;
            for (int n = 0; n < width; n++)
            {
                // Eight codes a word: even outputs in the low half, odd ones in the high half.
                codes[n] = (byte)((interleaved[n / 8] >> (n % 8 / 2 * 4 + n % 2 * 16)) & 15);
            }

            return;
        }

        int perWord = 32 / matrix.Bits;
        int shift = matrix.Bits * (k % perWord);
        uint mask = (1u << matrix.Bits) - 1;
        uint* words = (uint*)matrix.Words.Pointer + (long)(k / perWord) * matrix.Rows + first;
        if (width == PackedPart.PanelWidth)
        {
            Vector256<ushort> low = Vector256.Narrow(Codes(words, shift, mask), Codes(words + 8, shift, mask));
            Vector256<ushort> high = Vector256.Narrow(Codes(words + 16, shift, mask), Codes(words + 24, shift, mask));
            Vector256.Narrow(low, high).Store(codes);
            return;
        }

        for (int n = 0; n < width; n++)
        {
            codes[n] = (byte)((words[n] >> shift) & mask);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Codes(uint* words, int shift, uint mask) => (Vector256.Load(words) >> shift) & Vector256.Create(mask);
}
