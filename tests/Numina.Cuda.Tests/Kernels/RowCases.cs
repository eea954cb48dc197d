using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Embedding, norms, sums, SwiGLU, gathers and page copies, at widths that fill vectors and widths that don't.</summary>
internal static class RowCases
{
    public static IEnumerable<OpCase> All =>
    [
        .. new[] { DType.F32, DType.F16, DType.BF16 }.Select(type => new OpCase($"embed {type} [37, 34]", run => Embed(run, type))) ,
        .. new[] { 34, 136, 512, 4104 }.Select(width => new OpCase($"rmsnorm [3, {width}]", run => Norm(run, width))),
        .. new[] { 35, 136, 2056 }.Select(width => new OpCase($"add and rmsnorm [3, {width}]", run => AddNorm(run, width)) { Roundings = 3 }),
        .. new[] { 35, 352, 2056 }.Select(width => new OpCase($"swiglu [5, {width}]", run => SwiGlu(run, width))),
        new OpCase("gather_rows [9, 136]", Gather),
        new OpCase("copy_pages, pages of 16-byte words", run => Copy(run, 64)),
        new OpCase("copy_pages, odd pages", run => Copy(run, 34)),
    ];

    private static float[] Embed(OpRun run, DType type)
    {
        Tensor table = run.Host(new Shape(37, 34), type, OpRun.Numbers(1, 37 * 34));
        Tensor output = run.Output(4, 34);
        run.Backend.Embed(run.Keep(run.Backend.LoadTable(table)).View(type, table.Shape), run.Integers(3, 36, 0, 3), output);
        return run.Read(output);
    }

    private static float[] Norm(OpRun run, int width)
    {
        Tensor output = run.Output(3, width);
        run.Backend.RmsNorm(run.Random(1, 3, width), run.Floats(new Shape(width), OpRun.Numbers(2, width)), 1e-5f, output);
        return run.Read(output);
    }

    private static float[] AddNorm(OpRun run, int width)
    {
        Tensor residual = run.Random(1, 3, width), output = run.Output(3, width);
        run.Backend.AddRmsNorm(residual, run.Random(3, 3, width), run.Floats(new Shape(width), OpRun.Numbers(2, width)), 1e-5f, output);
        return [.. run.Read(residual), .. run.Read(output)];
    }

    private static float[] SwiGlu(OpRun run, int width)
    {
        Tensor output = run.Output(5, width);
        run.Backend.SwiGlu(run.Random(1, 5, 2 * width, 6), output);
        return run.Read(output);
    }

    private static float[] Gather(OpRun run)
    {
        Tensor output = run.Output(5, 136);
        run.Backend.GatherRows(run.Random(1, 9, 136), run.Integers(8, 0, 3, 3, 1), output);
        return run.Read(output);
    }

    private static float[] Copy(OpRun run, int headDim)
    {
        using var cache = new KvCache(run.Backend, new KvLayout(2, 6, 2, 1, headDim, run.Backend.KvType));
        var shape = new Shape(6, 1, 2, headDim);
        for (int layer = 0; layer < 2; layer++)
        {
            foreach ((Tensor pages, int seed) in new[] { (cache.Keys(layer), 1), (cache.Values(layer), 2) })
            {
                Tensor source = run.Activations(shape, OpRun.Numbers(10 * layer + seed, (int)shape.Count));
                byte[] bytes = new byte[source.ByteLength];
                run.Backend.Download(bytes, source);
                run.Backend.Upload(pages, bytes);
            }
        }

        run.Backend.CopyPages(cache, [5, 0], [1, 4]);
        return [.. Enumerable.Range(0, 2).SelectMany(layer => run.Read(cache.Keys(layer)).Concat(run.Read(cache.Values(layer))))];
    }
}
