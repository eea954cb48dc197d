using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Weights;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

public sealed partial class CudaBackend
{
    private const int MatMulThreads = 128;
    private const int RowsPerTile = 8;
    private const int MostTiles = 8;

    public void MatMul(LinearWeight weight, Tensor input, Tensor output)
    {
        ExpectActivations(input);
        var linear = (CudaLinear)weight;
        if (input.Shape[1] != linear.InputWidth || output.Shape[1] != linear.OutFeatures)
        {
            throw new ArgumentException($"input {input.Shape} and output {output.Shape} of a weight [{linear.OutFeatures}, {linear.InputWidth}]", nameof(input));
        }

        SlotMap? gathered = null;
        nint slots = input.Pointer;
        foreach (LinearSegment segment in linear.Segments)
        {
            bool gather = linear.InputOrder == null && (segment.Map.NeedsGather || input.Pointer % 16 != 0);
            if (gather && !segment.Map.Equals(gathered))
            {
                slots = Gather(segment, input);
                gathered = segment.Map;
            }

            Multiply(segment, gather ? slots : input.Pointer, output);
        }
    }

    private nint Gather(LinearSegment segment, Tensor input)
    {
        int rows = (int)input.Shape[0], count = segment.Map.SlotCount;
        nint output = _gathered.Reserve((long)rows * count * ActivationType.ByteSize());
        _kernels.Get<GatherColumnsParams>("gather_columns", _element).Launch(
            new LaunchShape(Ceiling(count, 256), rows, 1, 256),
            new GatherColumnsParams { Input = input.Pointer, Slots = segment.Slots?.Pointer ?? 0, Output = output, Width = segment.Map.Features, SlotCount = count });
        return output;
    }

    /// <summary>Two kernels that give the same bits: one reads the weights once for up to 64 rows, the other keeps tensor cores busy where there are many.</summary>
    private void Multiply(LinearSegment segment, nint input, Tensor output)
    {
        int rows = (int)output.Shape[0];
        var parameters = new MatMulParams
        {
            Input = input,
            Weight = segment.Weight.Pointer,
            Scales = segment.Scales?.Pointer ?? 0,
            Zeros = segment.Zeros?.Pointer ?? 0,
            Bias = segment.Bias?.Pointer ?? 0,
            Output = output.Pointer + segment.FirstColumn * output.Type.ByteSize(),
            Rows = rows,
            Columns = segment.Columns,
            PaddedColumns = segment.PaddedColumns,
            Tiles = segment.Map.Tiles,
            GroupTiles = segment.Map.GroupTiles,
            InputStride = segment.Map.SlotCount,
            OutputStride = (int)output.Shape[1],
        };
        (string, object)[] types =
            [_element, ("BITS", segment.Bits), ("SCALE", KernelVariant.TypeName(segment.ScaleType)), ("OUTPUT", KernelVariant.TypeName(output.Type)), ("CHUNK", segment.Map.ChunkTiles)];
        if (WideShape.For(Device, rows, segment.Columns) is { } wide)
        {
            _kernels.Get<MatMulParams>("matmul_wide", [.. types, ("ROW_WARPS", wide.RowWarps)]).Launch(wide.Launch, parameters);
            return;
        }

        int tiles = rows <= RowsPerTile ? 1 : rows <= 2 * RowsPerTile ? 2 : rows <= 4 * RowsPerTile ? 4 : MostTiles;
        _kernels.Get<MatMulParams>("matmul", [.. types, ("TILES", tiles)]).Launch(
            new LaunchShape(segment.PaddedColumns / SlotMap.TileSlots, Ceiling(rows, RowsPerTile * tiles), 1, MatMulThreads), parameters);
    }

    /// <summary>How matmul_wide is launched.</summary>
    /// <param name="RowWarps">Blocks of 64 or 128 rows; a block of 128 needs more shared memory than sm_75 has.</param>
    private readonly record struct WideShape(int RowWarps, LaunchShape Launch)
    {
        private const int BlockColumns = 128;
        private const int WarpRows = 64;
        private const int SharedBytesPerRowWarp = 48 << 10;

        /// <summary>Null where its large blocks would leave more than a quarter of the device idle: then many small ones are faster.</summary>
        internal static WideShape? For(CudaDevice device, int rows, int columns)
        {
            int rowWarps = device.SharedBytesPerBlock >= 2 * SharedBytesPerRowWarp ? 2 : 1;
            int blocks = Ceiling(columns, BlockColumns), rowBlocks = Ceiling(rows, WarpRows * rowWarps);
            return rows > RowsPerTile * MostTiles && 4L * blocks * rowBlocks >= 3L * device.Multiprocessors
                ? new WideShape(rowWarps, new LaunchShape(blocks, rowBlocks, 1, MatMulThreads * rowWarps, SharedBytesPerRowWarp * rowWarps))
                : null;
        }
    }
}
