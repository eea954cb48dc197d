using System.Runtime.InteropServices;
using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Model;

/// <summary>
/// The index tensors of a step, written into one host array and copied to the device in one go. Every tensor but the page table has a fixed place, sized for the
/// largest step; the page table comes last and is as wide as the step's longest sequence.
/// </summary>
internal sealed class StepInputs : IDisposable
{
    private readonly IBackend _backend;
    private readonly LlamaLimits _limits;
    private readonly Buffer _device;
    private readonly int[] _host;
    private readonly int _slots, _ropeRows, _queryStarts, _contextLengths, _logitRows, _prefixGroups, _pageTable;

    public StepInputs(IBackend backend, LlamaLimits limits)
    {
        _backend = backend;
        _limits = limits;
        int end = Place(limits.TokensPerStep, 0);
        _slots = end;
        _ropeRows = end = Place(limits.TokensPerStep, end);
        _queryStarts = end = Place(limits.TokensPerStep, end);
        _contextLengths = end = Place(limits.Sequences + 1, end);
        _logitRows = end = Place(limits.Sequences, end);
        _prefixGroups = end = Place(limits.LogitRows, end);
        _pageTable = end = Place(3 * limits.Sequences, end);
        int widest = (limits.ContextLength + limits.PageSize - 1) / limits.PageSize;
        _host = new int[end + limits.Sequences * widest];
        _device = backend.Allocate(_host.Length * (long)sizeof(int));
    }

    /// <summary>[T]</summary>
    public Tensor Tokens { get; private set; }

    /// <summary>[R] rows of the step whose logits are wanted.</summary>
    public Tensor LogitRows { get; private set; }

    public AttentionBatch Attention { get; private set; }

    /// <summary>Copies a step's indices to the device. Rows of the rope table are positions, or the step's own rows when each step fills the table anew.</summary>
    public void Write(ForwardBatch batch, bool ropeRowsArePositions)
    {
        int sequences = batch.Sequences.Count, tokens = 0, rows = 0, maxQuery = 0, maxContext = 0;
        int width = batch.Sequences.Max(sequence => sequence.Pages.Length);
        Array.Clear(_host, _pageTable, sequences * width);
        for (int s = 0; s < sequences; s++)
        {
            SequenceStep step = batch.Sequences[s];
            int count = step.Tokens.Length;
            step.Tokens.Span.CopyTo(_host.AsSpan(tokens));
            step.Pages.Span.CopyTo(_host.AsSpan(_pageTable + s * width));
            _host[_queryStarts + s] = tokens;
            _host[_contextLengths + s] = step.ContextLength;
            for (int i = 0; i < count; i++)
            {
                int position = step.ContextLength - count + i;
                _host[_slots + tokens + i] = step.Pages.Span[position / _limits.PageSize] * _limits.PageSize + position % _limits.PageSize;
                _host[_ropeRows + tokens + i] = ropeRowsArePositions ? position : tokens + i;
                if (step.Logits == Model.LogitRows.All || (step.Logits == Model.LogitRows.Last && i == count - 1))
                {
                    _host[_logitRows + rows++] = tokens + i;
                }
            }

            tokens += count;
            maxQuery = Math.Max(maxQuery, count);
            maxContext = Math.Max(maxContext, step.ContextLength);
        }

        _host[_queryStarts + sequences] = tokens;
        WriteGroups(batch.PrefixGroups);
        int used = _pageTable + sequences * width;
        _backend.Upload(View(0, new Shape(used)), MemoryMarshal.AsBytes(_host.AsSpan(0, used)));
        Tokens = View(0, new Shape(tokens));
        LogitRows = View(_logitRows, new Shape(rows));
        Attention = new AttentionBatch
        {
            Sequences = sequences,
            Tokens = tokens,
            MaxQueryLength = maxQuery,
            MaxContextLength = maxContext,
            QueryStarts = View(_queryStarts, new Shape(sequences + 1)),
            ContextLengths = View(_contextLengths, new Shape(sequences)),
            PageTable = View(_pageTable, new Shape(sequences, width)),
            Slots = View(_slots, new Shape(tokens)),
            RopeRows = View(_ropeRows, new Shape(tokens)),
            PrefixGroups = View(_prefixGroups, new Shape(batch.PrefixGroups.Count, 3)),
        };
    }

    public void Dispose() => _device.Dispose();

    private void WriteGroups(IReadOnlyList<PrefixGroup> groups)
    {
        for (int g = 0; g < groups.Count; g++)
        {
            (int first, int sequences, int pages) = groups[g];
            (_host[_prefixGroups + 3 * g], _host[_prefixGroups + 3 * g + 1], _host[_prefixGroups + 3 * g + 2]) = (first, sequences, pages);
        }
    }

    private Tensor View(int offset, Shape shape) => _device.View(DType.I32, shape, offset * (long)sizeof(int));

    /// <summary>The end of <paramref name="count"/> elements placed at <paramref name="start"/>, aligned to 16 bytes for vector loads.</summary>
    private static int Place(int count, int start) => (start + count + 3) / 4 * 4;
}
