using System.Runtime.CompilerServices;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Backends.Cpu;

/// <summary>Packs panel after panel of an unquantised weight.</summary>
internal readonly unsafe struct PackDenseJob(DenseMatrix matrix, PackedPart part) : IParallelJob
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scatter<T>(T* source, T* destination) where T : unmanaged
    {
        for (int k = 0; k < matrix.Columns; k++)
        {
            destination[(long)k * PackedPart.PanelWidth] = source[k];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScatterHalves(Half* source, float* destination)
    {
        for (int k = 0; k < matrix.Columns; k++)
        {
            destination[(long)k * PackedPart.PanelWidth] = (float)source[k];
        }
    }
}
