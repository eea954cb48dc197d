using System.Runtime.CompilerServices;
using Numina.Cuda.Backends.Cuda.Kernels;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>A variant that the engine may compile, with the size of its parameter struct.</summary>
internal sealed record ProductVariant(KernelVariant Kernel, int ParamBytes)
{
    public bool NeedsBFloat16 => Kernel.Constants.Contains("ELEMENT=bfloat16");

    private static IEnumerable<int> HeadSizes => [32, 40, 64, 96, 128];

    /// <summary>Every kernel in every constant that a real model has; of the rarer chunks, scale types and outputs of matmul the smallest and the largest.</summary>
    public static IEnumerable<ProductVariant> All => [.. Shared(), .. new[] { "half", "bfloat16" }.SelectMany(OfElement)];

    private static IEnumerable<ProductVariant> Shared() =>
    [
        Of<CopyPagesParams>("copy_pages", ("WORD", "uint4")),
        Of<CopyPagesParams>("copy_pages", ("WORD", "u32")),
        Of<RepackQuantizedParams>("repack_quantized", ("BITS", 8), ("INTERLEAVED", 0)),
        Of<RepackQuantizedParams>("repack_quantized", ("BITS", 4), ("INTERLEAVED", 0)),
        Of<RepackQuantizedParams>("repack_quantized", ("BITS", 4), ("INTERLEAVED", 1)),
        Of<SampleParams>("sample"),
    ];

    private static IEnumerable<ProductVariant> OfElement(string type)
    {
        (string, object) element = ("ELEMENT", type);
        string[] types = ["float", "half", "bfloat16"];
        return
        [
            .. types.Select(table => Of<EmbedParams>("embed", element, ("TABLE", table))),
            .. from residual in new[] { 0, 1 } from vector in new[] { 1, 8 } select Of<RmsNormParams>("rmsnorm", element, ("RESIDUAL", residual), ("VECTOR", vector)),
            .. new[] { 1, 8 }.Select(vector => Of<SwiGluParams>("swiglu", element, ("VECTOR", vector))),
            Of<GatherRowsParams>("gather_rows", element),
            Of<GatherColumnsParams>("gather_columns", element),
            Of<RopeStoreKvParams>("rope_store_kv", element),
            .. types.Select(source => Of<RepackDenseParams>("repack_dense", element, ("SOURCE", source))),
            .. HeadSizes.SelectMany(size => Attention(element, size)),
            .. MatMuls(element, type),
            .. WideMatMuls(element, type),
        ];
    }

    private static IEnumerable<ProductVariant> Attention((string, object) element, int size)
    {
        (string, object) dim = ("HEAD_DIM", size), page = ("PAGE_SIZE", 16);
        return
        [
            Of<AttentionPrefillParams>("attention_prefill", element, dim, page),
            .. new[] { 0, 1 }.Select(shared => Of<AttentionDecodeParams>("attention_decode", element, dim, page, ("SHARED", shared))),
            Of<AttentionMergeParams>("attention_merge", element, dim, page),
        ];
    }

    private static IEnumerable<ProductVariant> MatMuls((string, object) element, string type) =>
        from bits in new[] { 16, 8, 4 }
        from shape in Shapes(bits, type)
        from tiles in shape.Tiles
        select Of<MatMulParams>("matmul", element, ("BITS", bits), ("SCALE", shape.Scale), ("OUTPUT", shape.Output), ("CHUNK", shape.Chunk), ("TILES", tiles));

    private static IEnumerable<ProductVariant> WideMatMuls((string, object) element, string type) =>
        from bits in new[] { 16, 8, 4 }
        from rowWarps in new[] { 1, 2 }
        from shape in new[] { ("half", type, 4), ("half", "float", 4), ("half", type, 1), ("float", type, 3) }
        where rowWarps == 2 || shape == ("half", type, 4)
        select Of<MatMulParams>(
            "matmul_wide", element, ("BITS", bits), ("SCALE", shape.Item1), ("OUTPUT", shape.Item2), ("CHUNK", shape.Item3), ("ROW_WARPS", rowWarps));

    private static IEnumerable<(string Scale, string Output, int Chunk, int[] Tiles)> Shapes(int bits, string type) =>
    [
        ("half", type, 4, [1, 2, 4, 8]),
        ("half", "float", 4, [1, 8]),
        .. new[] { 3, 2, 1 }.Select(chunk => ("half", type, chunk, new[] { 1, 8 })),
        .. bits == 16 ? [] : new[] { ("bfloat16", type, 4, new[] { 8 }), ("float", type, 4, new[] { 8 }) },
    ];

    private static ProductVariant Of<TParams>(string name, params (string, object)[] constants)
        where TParams : unmanaged => new(new KernelVariant(name, constants), Unsafe.SizeOf<TParams>());
}
