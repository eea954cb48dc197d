using System.Runtime.InteropServices;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Memory;
using Numina.Cuda.Backends.Cuda.Native;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda.Weights;

/// <summary>Brings weights to the device as the checkpoint stores them and has the repack kernels put them into fragment order there.</summary>
internal sealed class WeightLoader(KernelLibrary kernels, DeviceMemory memory, Staging staging, Func<long, Buffer> allocateZeroed, DType activationType)
{
    private const int RowsPerBlock = 128;
    private const long SlabBytes = 64L << 20;

    /// <summary>Stacks the parts along N; neighbours with equal bits, scale type and slot map become one segment.</summary>
    internal CudaLinear Load(IReadOnlyList<WeightMatrix> parts, float[]? bias, LinearOrder order)
    {
        var rows = new RowOrder(((CudaLinear?)order.Reader)?.InputOrder);
        float[]? stackedBias = bias == null ? null : rows.Bias(parts, bias);
        var segments = new List<LinearSegment>();
        int firstColumn = 0;
        try
        {
            foreach (List<PackedPart> alike in Group(parts))
            {
                LinearSegment segment = LoadSegment(alike, rows, firstColumn, stackedBias);
                segments.Add(segment);
                firstColumn += segment.Columns;
            }
        }
        catch
        {
            segments.ForEach(segment => segment.Dispose());
            throw;
        }

        return new CudaLinear(parts[0].Columns, segments, order.ChoosesInput);
    }

    private static List<List<PackedPart>> Group(IReadOnlyList<WeightMatrix> parts)
    {
        var groups = new List<List<PackedPart>>();
        foreach (PackedPart part in parts.Select(PackedPart.Of))
        {
            if (groups.Count > 0 && groups[^1][0].IsLike(part))
            {
                groups[^1].Add(part);
            }
            else
            {
                groups.Add([part]);
            }
        }

        return groups;
    }

    private LinearSegment LoadSegment(List<PackedPart> parts, RowOrder rows, int firstColumn, float[]? bias)
    {
        PackedPart first = parts[0];
        int columns = parts.Sum(part => rows.Width(part.Matrix)), padded = LinearSegment.Pad(columns);
        Buffer? slots = first.Map.Slots is { } list ? Store<int>(list) : null;
        using Buffer? sourceRows = rows.List() is { } order ? Store<int>(order) : null;
        Buffer weight = allocateZeroed((long)padded * first.Map.SlotCount * first.Bits / 8);
        int row = 0;
        foreach (PackedPart part in parts)
        {
            if (part.Matrix is QuantizedMatrix quantized)
            {
                Repack(quantized, weight, slots, sourceRows, row, rows.Width(quantized), first.Map);
            }
            else
            {
                Repack((DenseMatrix)part.Matrix, weight, slots, rows, row, first.Map);
            }

            row += rows.Width(part.Matrix);
        }

        QuantizedMatrix[] codes = [.. parts.Select(part => part.Matrix).OfType<QuantizedMatrix>()];
        return new LinearSegment
        {
            Bits = first.Bits,
            Map = first.Map,
            FirstColumn = firstColumn,
            Columns = columns,
            Weight = weight,
            ScaleType = first.ScaleType,
            Scales = codes.Length == 0 ? null : Store<byte>(QuantizationTables.Scales(codes, rows, padded)),
            Zeros = codes.Length == 0 ? null : Store<ushort>(QuantizationTables.Zeros(codes, rows, padded)),
            Bias = bias == null ? null : Store<float>(bias.AsSpan(firstColumn, columns)),
            Slots = slots,
        };
    }

    private void Repack(QuantizedMatrix matrix, Buffer weight, Buffer? slots, Buffer? sourceRows, int firstRow, int packedRows, SlotMap map)
    {
        using Buffer source = memory.Allocate(matrix.Words.ByteLength);
        Upload(matrix.Words, source.Pointer);
        int interleaved = matrix.Packing == CodePacking.AlongRowsInterleaved ? 1 : 0;
        kernels.Get<RepackQuantizedParams>("repack_quantized", ("BITS", matrix.Bits), ("INTERLEAVED", interleaved)).Launch(
            new LaunchShape(Blocks(packedRows), map.Tiles, 1, RowsPerBlock),
            new RepackQuantizedParams
            {
                Source = source.Pointer,
                Packed = weight.Pointer,
                Slots = slots?.Pointer ?? 0,
                SourceRows = sourceRows?.Pointer ?? 0,
                Rows = matrix.Rows,
                Columns = matrix.Columns,
                FirstRow = firstRow,
                Tiles = map.Tiles,
                PackedRows = packedRows,
            });
    }

    private void Repack(DenseMatrix matrix, Buffer weight, Buffer? slots, RowOrder rows, int firstRow, SlotMap map)
    {
        using Buffer overflow = Store<ulong>([ulong.MaxValue]);
        Kernel<RepackDenseParams> kernel = kernels.Get<RepackDenseParams>(
            "repack_dense", ("ELEMENT", KernelVariant.TypeName(activationType)), ("SOURCE", KernelVariant.TypeName(matrix.Data.Type)));
        int width = rows.Width(matrix);
        int slab = (int)Math.Clamp(SlabBytes / Math.Max(1, (long)matrix.Columns * matrix.Data.Type.ByteSize()), 1, width);
        using Buffer source = memory.Allocate((long)slab * matrix.Columns * matrix.Data.Type.ByteSize());
        for (int row = 0; row < width; row += slab)
        {
            int count = Math.Min(slab, width - row);
            UploadRows(matrix, rows, row, count, source.Pointer);
            kernel.Launch(
                new LaunchShape(Blocks(count), map.Tiles, 1, RowsPerBlock),
                new RepackDenseParams
                {
                    Source = source.Pointer,
                    Packed = weight.Pointer,
                    Slots = slots?.Pointer ?? 0,
                    Overflow = overflow.Pointer,
                    Rows = count,
                    Columns = matrix.Columns,
                    FirstRow = firstRow + row,
                    Tiles = map.Tiles,
                });
            if (matrix.Data.Type != activationType)
            {
                CheckOverflow(overflow, matrix, rows, row);
            }
        }
    }

    /// <summary>Brings rows of a packed part to the device, in their order.</summary>
    private void UploadRows(DenseMatrix matrix, RowOrder rows, int first, int count, nint destination)
    {
        if (rows.AsStored)
        {
            Upload(matrix.Data.Rows(first, count), destination);
            return;
        }

        int rowBytes = matrix.Columns * matrix.Data.Type.ByteSize();
        byte[] padding = new byte[rowBytes];
        for (int i = 0; i < count; i++)
        {
            int row = rows.Source(first + i);
            staging.Upload(destination + (nint)i * rowBytes, row < 0 ? padding : matrix.Data.Rows(row, 1).AsBytes());
        }
    }

    private void CheckOverflow(Buffer overflow, DenseMatrix matrix, RowOrder rows, int firstRow)
    {
        Span<ulong> at = stackalloc ulong[1];
        staging.Download(MemoryMarshal.AsBytes(at), overflow.Pointer);
        if (at[0] != ulong.MaxValue)
        {
            long row = rows.Source(firstRow + (int)(at[0] / (ulong)matrix.Columns)), column = (long)(at[0] % (ulong)matrix.Columns);
            throw new CudaException(
                $"weight [{row}, {column}] of a {matrix.Data.Shape} {matrix.Data.Type.Name()} matrix does not fit {activationType.Name()}: a device with BF16 (sm_80 or later) is needed");
        }
    }

    private Buffer Store<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        Buffer buffer = memory.Allocate(bytes.Length);
        staging.Upload(buffer.Pointer, bytes);
        return buffer;
    }

    private unsafe void Upload(Tensor source, nint destination)
    {
        const int piece = 1 << 30;
        for (long done = 0; done < source.ByteLength; done += piece)
        {
            int count = (int)Math.Min(piece, source.ByteLength - done);
            staging.Upload(destination + (nint)done, new ReadOnlySpan<byte>((void*)(source.Pointer + (nint)done), count));
        }
    }

    private static int Blocks(int rows) => (rows + RowsPerBlock - 1) / RowsPerBlock;

    private sealed record PackedPart(WeightMatrix Matrix, int Bits, DType ScaleType, SlotMap Map)
    {
        internal static PackedPart Of(WeightMatrix matrix) => matrix is QuantizedMatrix quantized
            ? new PackedPart(matrix, quantized.Bits, quantized.Scales.Type, SlotMap.For(matrix))
            : new PackedPart(matrix, 16, DType.F16, SlotMap.For(matrix));

        internal bool IsLike(PackedPart other) => Bits == other.Bits && ScaleType == other.ScaleType && Map.Equals(other.Map);
    }
}
