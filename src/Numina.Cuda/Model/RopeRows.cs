using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Model;

/// <summary>
/// The rope table on the device: one row a position, filled once; or, where angles depend on the sequence's length too, one row a token of the step, filled each step.
/// </summary>
internal sealed class RopeRows : IDisposable
{
    private readonly IBackend _backend;
    private readonly RopeTable _table;
    private readonly Buffer _device;
    private readonly float[] _host;

    public RopeRows(IBackend backend, RopeTable table, LlamaLimits limits)
    {
        _backend = backend;
        _table = table;
        int rows = table.DependsOnLength ? limits.TokensPerStep : limits.ContextLength;
        _device = backend.Allocate((long)rows * table.HeadDim * sizeof(float));
        Tensor = _device.View(DType.F32, new Shape(rows, table.HeadDim));
        _host = table.DependsOnLength ? new float[rows * table.HeadDim] : [];
        if (!table.DependsOnLength)
        {
            FillPositions(rows);
        }
    }

    /// <summary>[rows, HeadDim]</summary>
    public Tensor Tensor { get; }

    /// <summary>Fills the rows of a step's tokens. Nothing to do where rows are positions.</summary>
    public void Write(ForwardBatch batch)
    {
        if (!_table.DependsOnLength)
        {
            return;
        }

        int row = 0;
        foreach (SequenceStep step in batch.Sequences)
        {
            (int length, float[] frequencies) = (-1, []);
            for (int i = 0; i < step.Tokens.Length; i++)
            {
                int written = step.WrittenLengths.IsEmpty ? step.ContextLength : step.WrittenLengths.Span[i];
                if (written != length)
                {
                    (length, frequencies) = (written, _table.InverseFrequencies(written));
                }

                _table.FillRow(step.ContextLength - step.Tokens.Length + i, frequencies, _host.AsSpan(row++ * _table.HeadDim, _table.HeadDim));
            }
        }

        _backend.Upload(Tensor.Rows(0, row), MemoryMarshal.AsBytes(_host.AsSpan(0, row * _table.HeadDim)));
    }

    public void Dispose() => _device.Dispose();

    private void FillPositions(int rows)
    {
        const int chunk = 1024;
        float[] frequencies = _table.InverseFrequencies(0);
        float[] block = new float[chunk * _table.HeadDim];
        for (int start = 0; start < rows; start += chunk)
        {
            int count = Math.Min(chunk, rows - start);
            for (int i = 0; i < count; i++)
            {
                _table.FillRow(start + i, frequencies, block.AsSpan(i * _table.HeadDim, _table.HeadDim));
            }

            _backend.Upload(Tensor.Rows(start, count), MemoryMarshal.AsBytes(block.AsSpan(0, count * _table.HeadDim)));
        }
    }
}
