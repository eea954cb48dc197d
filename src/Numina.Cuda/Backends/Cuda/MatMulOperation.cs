using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Backends.Cuda.Weights;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cuda;

public sealed partial class CudaBackend
{
    private const int MatMulThreads = 128;
    private const int RowsPerTile = 8;

    public void MatMul(LinearWeight weight, Tensor input, Tensor output)
    {
        ExpectActivations(input);
        var linear = (CudaLinear)weight;
        if (input.Shape[1] != linear.InFeatures || output.Shape[1] != linear.OutFeatures)
        {
            throw new ArgumentException($"input {input.Shape} and output {output.Shape} of a weight [{linear.OutFeatures}, {linear.InFeatures}]", nameof(input));
        }

        SlotMap? gathered = null;
        nint slots = input.Pointer;
        foreach (LinearSegment segment in linear.Segments)
        {
            bool gather = segment.Map.NeedsGather || input.Pointer % 16 != 0;
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

    private void Multiply(LinearSegment segment, nint input, Tensor output)
    {
        int rows = (int)output.Shape[0], tiles = rows <= RowsPerTile ? 1 : rows <= 2 * RowsPerTile ? 2 : rows <= 4 * RowsPerTile ? 4 : 8;
        Kernel<MatMulParams> kernel = _kernels.Get<MatMulParams>(
            "matmul",
            _element,
            ("BITS", segment.Bits),
            ("SCALE", KernelVariant.TypeName(segment.ScaleType)),
            ("OUTPUT", KernelVariant.TypeName(output.Type)),
            ("TILES", tiles),
            ("CHUNK", segment.Map.ChunkTiles));
        kernel.Launch(
            new LaunchShape(segment.PaddedColumns / SlotMap.TileSlots, Ceiling(rows, RowsPerTile * tiles), 1, MatMulThreads),
            new MatMulParams
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
            });
    }
}
