using System.Runtime.Intrinsics;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Packs the weights of a checkpoint into the panels of <see cref="PackedPart"/>, once at load, in parallel over panels.</summary>
internal sealed class WeightPacker(WorkerPool pool) : IDisposable
{
    /// <summary>Input features of a block of an unquantised weight; sums restart after each, which keeps long sums accurate.</summary>
    private const int DenseBlock = 128;
    private readonly WeightMemory _memory = new();

    /// <summary>Packs no more; what was packed lives on until it is disposed of.</summary>
    public void Dispose() => _memory.Dispose();

    public PackedWeight Pack(IReadOnlyList<WeightMatrix> parts, float[]? bias)
    {
        if (parts.Count == 0)
        {
            throw new ArgumentException("a linear layer needs at least one weight", nameof(parts));
        }

        int columns = parts[0].Columns;
        int outputs = parts.Sum(part => part.Rows);
        if (parts.FirstOrDefault(part => part.Columns != columns) is { } odd)
        {
            throw new ArgumentException($"stacked weights have {columns} and {odd.Columns} input features", nameof(parts));
        }

        if (bias != null && bias.Length != outputs)
        {
            throw new ArgumentException($"the bias has {bias.Length} elements, the weights have {outputs} outputs", nameof(bias));
        }

        var packed = new PackedPart[parts.Count];
        int first = 0;
        for (int i = 0; i < packed.Length; i++)
        {
            packed[i] = parts[i] switch
            {
                DenseMatrix dense => PackDense(dense, first),
                QuantizedMatrix quantized => PackQuantized(quantized, first, packed.AsSpan(0, i)),
                WeightMatrix other => throw new NotSupportedException($"the CPU has no packing for {other.GetType().Name}"),
            };
            first += parts[i].Rows;
        }

        return new PackedWeight(packed, columns, bias);
    }

    private PackedPart PackDense(DenseMatrix dense, int firstOutput)
    {
        PanelFormat format = dense.Data.Type switch
        {
            DType.F32 => PanelFormat.Float32,
            DType.BF16 => PanelFormat.BFloat16,
            // The kernels' conversion has no infinities: a weight that holds any is kept in full width.
            DType.F16 => HasOnlyFiniteHalves(dense.Data) ? PanelFormat.Float16 : PanelFormat.Float32,
            DType other => throw new NotSupportedException($"the CPU does not multiply weights of type {other.Name()}"),
        };
        int[] groups = EqualGroups(dense.Columns, DenseBlock);
        PackedPart part = Allocate(format, ScaleFormat.None, false, dense.Rows, firstOutput, groups, null);
        var job = new PackDenseJob(dense, part);
        pool.Run(ref job, part.Panels);
        return part;
    }

    private PackedPart PackQuantized(QuantizedMatrix matrix, int firstOutput, ReadOnlySpan<PackedPart> before)
    {
        PanelFormat format = matrix.Bits switch
        {
            8 => PanelFormat.Int8,
            4 => PanelFormat.Int4,
            int other => throw new NotSupportedException($"the CPU does not multiply {other}-bit weights"),
        };
        (int[] groups, int[] sizes, int[]? order) = GroupedOrder(matrix);
        foreach (PackedPart other in before)
        {
            // Parts whose features come in the same order share the array, and with it the packed input rows.
            order = order != null && other.Order is { } known && known.AsSpan().SequenceEqual(order) ? known : order;
        }

        bool halves = matrix.Scales.Type == DType.F16 && HasOnlyFiniteHalves(matrix.Scales);
        PackedPart part = Allocate(format, halves ? ScaleFormat.Float16 : ScaleFormat.Float32, HasZeros(matrix), matrix.Rows, firstOutput, sizes, order);
        var job = new PackQuantizedJob(matrix, part, groups);
        pool.Run(ref job, part.Panels);
        return part;
    }

    private PackedPart Allocate(
        PanelFormat format, ScaleFormat scales, bool hasZeros, int outputs, int firstOutput, int[] groupSizes, int[]? order)
    {
        long panels = (outputs + PackedPart.PanelWidth - 1) / PackedPart.PanelWidth;
        long header = (hasZeros ? PackedPart.PanelWidth * 2 : 0) +
            scales switch { ScaleFormat.None => 0, ScaleFormat.Float16 => PackedPart.PanelWidth * 2, _ => PackedPart.PanelWidth * 4 };
        long panelBytes = groupSizes.Length * header + (long)groupSizes.Sum() * PackedPart.BytesOfFeature(format);
        return new PackedPart
        {
            Format = format,
            Scales = scales,
            HasZeros = hasZeros,
            Outputs = outputs,
            FirstOutput = firstOutput,
            GroupSizes = groupSizes,
            Order = order,
            PanelBytes = panelBytes,
            Data = _memory.Allocate(panels * panelBytes),
        };
    }

    private static int[] EqualGroups(int columns, int size)
    {
        int count = (columns + size - 1) / size;
        return [.. Enumerable.Range(0, count).Select(g => Math.Min(size, columns - g * size))];
    }

    /// <summary>The groups that have features, their sizes, and the features sorted by group; within a group they keep their order.</summary>
    private static (int[] Groups, int[] Sizes, int[]? Order) GroupedOrder(QuantizedMatrix matrix)
    {
        int[] counts = new int[matrix.Groups];
        bool ordered = true;
        for (int k = 0, last = 0; k < matrix.Columns; k++)
        {
            int group = matrix.Group(k);
            counts[group]++;
            ordered &= group >= last;
            last = group;
        }

        int[] groups = [.. Enumerable.Range(0, matrix.Groups).Where(g => counts[g] > 0)];
        int[]? order = ordered ? null : [.. Enumerable.Range(0, matrix.Columns).OrderBy(matrix.Group)];
        return (groups, [.. groups.Select(g => counts[g])], order);
    }

    private static bool HasZeros(QuantizedMatrix matrix)
    {
        int middle = 1 << (matrix.Bits - 1);
        for (int g = 0; g < matrix.Groups; g++)
        {
            for (int n = 0; n < matrix.Rows; n++)
            {
                if (matrix.Zero(g, n) != middle)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static unsafe bool HasOnlyFiniteHalves(Tensor halves)
    {
        ushort* bits = (ushort*)halves.Pointer;
        long count = halves.Count, i = 0;
        Vector256<ushort> exponent = Vector256.Create(FloatFormats.HalfExponent);
        for (; i + Vector256<ushort>.Count <= count; i += Vector256<ushort>.Count)
        {
            if (Vector256.EqualsAny(Vector256.Load(bits + i) & exponent, exponent))
            {
                return false;
            }
        }

        for (; i < count; i++)
        {
            if ((bits[i] & FloatFormats.HalfExponent) == FloatFormats.HalfExponent)
            {
                return false;
            }
        }

        return true;
    }
}
