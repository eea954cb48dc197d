namespace Numina.Cuda.Text.Unicode;

/// <summary>A set of code points made for fast membership tests: one bit each, in blocks of 256 of which equal ones are stored once.</summary>
internal sealed class CodePointSet
{
    private const int WordsPerBlock = 4;
    private readonly ulong _ascii0;
    private readonly ulong _ascii1;
    private readonly ushort[] _blockOf = new ushort[CodePointRanges.Limit >> 8];
    private readonly ulong[] _blocks;

    public CodePointSet(CodePointRanges ranges)
    {
        // Block 0 is empty and block 1 is full; mixed blocks follow.
        List<ulong> blocks = [0, 0, 0, 0, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
        for (int i = 0; i < ranges.Count; i++)
        {
            (int start, int end) = ranges[i];
            for (int block = start >> 8; block << 8 < end; block++)
            {
                int from = Math.Max(start, block << 8);
                int to = Math.Min(end, (block + 1) << 8);
                if (to - from == 256)
                {
                    _blockOf[block] = 1;
                    continue;
                }

                if (_blockOf[block] == 0)
                {
                    _blockOf[block] = (ushort)(blocks.Count / WordsPerBlock);
                    blocks.AddRange([0, 0, 0, 0]);
                }

                for (int point = from; point < to; point++)
                {
                    blocks[(_blockOf[block] * WordsPerBlock) + ((point & 255) >> 6)] |= 1UL << (point & 63);
                }
            }
        }

        _blocks = [.. blocks];
        _ascii0 = _blocks[_blockOf[0] * WordsPerBlock];
        _ascii1 = _blocks[(_blockOf[0] * WordsPerBlock) + 1];
    }

    /// <summary>Whether the set holds a valid code point, below 0x110000.</summary>
    public bool Contains(int point) => point < 64
        ? ((_ascii0 >> point) & 1) != 0
        : point < 128
            ? ((_ascii1 >> point) & 1) != 0
            : ((_blocks[(_blockOf[point >> 8] * WordsPerBlock) + ((point & 255) >> 6)] >> point) & 1) != 0;
}
