using System.Runtime.InteropServices;

namespace Numina.Cuda.Backends.Cuda.Kernels;

// The parameter structs of the kernels, field by field as the .cu files declare them: a pointer is an nint, an int an int, a long long a long.

[StructLayout(LayoutKind.Sequential)]
internal struct EmbedParams
{
    public nint Table, Tokens, Output;
    public int Width;
}

[StructLayout(LayoutKind.Sequential)]
internal struct RmsNormParams
{
    public nint Input, Residual, Weight, Output, Slots;
    public float Epsilon;
    public int Width, SlotCount;
}

[StructLayout(LayoutKind.Sequential)]
internal struct SwiGluParams
{
    public nint GateUp, Output;
    public int Width;
}

[StructLayout(LayoutKind.Sequential)]
internal struct GatherRowsParams
{
    public nint Input, Rows, Output;
    public int Width;
}

[StructLayout(LayoutKind.Sequential)]
internal struct GatherColumnsParams
{
    public nint Input, Slots, Output;
    public int Width, SlotCount;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CopyPagesParams
{
    public nint Cache, Pages;
    public int Count, Words;
}

[StructLayout(LayoutKind.Sequential)]
internal struct RopeStoreKvParams
{
    public nint Qkv, CosSin, RopeRows, Slots, Keys, Values;
    public int Heads, KvHeads, HeadDim, PageSize;
}

[StructLayout(LayoutKind.Sequential)]
internal struct RepackDenseParams
{
    public nint Source, Packed, Slots, Overflow;
    public int Rows, Columns, FirstRow, Tiles;
}

[StructLayout(LayoutKind.Sequential)]
internal struct RepackQuantizedParams
{
    public nint Source, Packed, Slots, SourceRows;
    public int Rows, Columns, FirstRow, Tiles, PackedRows;
}

[StructLayout(LayoutKind.Sequential)]
internal struct MatMulParams
{
    public nint Input, Weight, Scales, Zeros, Bias, Output;
    public int Rows, Columns, PaddedColumns, Tiles, GroupTiles, InputStride, OutputStride;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AttentionPrefillParams
{
    public nint Qkv, Keys, Values, Output, QueryStarts, ContextLengths, PageTable;
    public float Scale;
    public int Heads, KvHeads, QkvStride, TableWidth;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AttentionDecodeParams
{
    public nint Qkv, Keys, Values, Partials, QueryStarts, ContextLengths, PageTable, PrefixGroups;
    public float Scale;
    public int Heads, KvHeads, QkvStride, TableWidth, Splits, RowTiles, Groups;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AttentionMergeParams
{
    public nint Partials, Output, QueryStarts, ContextLengths;
    public int Heads, Splits;
}

[StructLayout(LayoutKind.Sequential)]
internal struct SampleParams
{
    public nint Logits, Rows, History, Sampled;
    public int Vocabulary, MaskWords;
}

/// <summary>One row's settings, as sample.cu's SampleRow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SampleRowParams
{
    public float Temperature, TopP, MinP, Penalty;
    public int TopK, Position, HistoryStart, HistoryCount;
    public uint KeyLow, KeyHigh, Stream, Problem;
}
