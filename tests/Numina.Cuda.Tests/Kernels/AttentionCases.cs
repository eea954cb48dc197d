using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Rotary embedding, the paged store, prefill, chunked prefill, decode, shared prefixes and mixed batches, over head sizes and groupings.</summary>
internal static class AttentionCases
{
    public static IEnumerable<OpCase> All =>
    [
        Case("mha 2x64", new Layout(2, 2, 64, 16), [new Step([5, 1, 20]), new Step([1, 1, 1])]),
        Case("gqa 8/2x16", new Layout(8, 2, 16, 16), [new Step([33, 7]), new Step([1, 1])]),
        Case("one kv head 4/1x34, pages of 4", new Layout(4, 1, 34, 4), [new Step([9, 40]), new Step([1, 1]), new Step([3, 1])]),
        Case("4/4x40", new Layout(4, 4, 40, 16), [new Step([3]), new Step([1])]),
        Case("group of 7x32", new Layout(7, 1, 32, 16), [new Step([12, 2]), new Step([1, 5])]),
        Case("2/1x128, over a split", new Layout(2, 1, 128, 16), [new Step([130, 1]), new Step([1, 1]), new Step([20, 1])]),
        Case("20 heads on one kv head", new Layout(20, 1, 16, 16), [new Step([4, 1]), new Step([1, 1])]),
        Case("shared prefix of 9 pages", new Layout(4, 2, 32, 16), [new Step([150]), new Step([1, 1, 1]) { SharedPages = 9 }]),
        Case("shared prefix, one sequence prefills", new Layout(4, 2, 32, 16), [new Step([300]), new Step([1, 4, 1]) { SharedPages = 18 }]),
    ];

    /// <summary>Query tokens of each sequence. With shared pages, sequence 0's first pages become the first pages of all.</summary>
    public sealed record Step(int[] Lengths)
    {
        public int SharedPages { get; init; }
    }

    public sealed record Layout(int Heads, int KvHeads, int HeadDim, int PageSize)
    {
        public int Width => (Heads + 2 * KvHeads) * HeadDim;
    }

    /// <summary>The outputs of all steps; sequences and their inputs are the same whatever the steps they come in.</summary>
    public static float[] Run(OpRun run, Layout layout, IReadOnlyList<Step> steps)
    {
        int sequences = steps.Max(step => step.Lengths.Length), pagesEach = 320 / layout.PageSize;
        using var cache = new KvCache(run.Backend, new KvLayout(1, sequences * pagesEach, layout.PageSize, layout.KvHeads, layout.HeadDim, run.Backend.KvType));
        Tensor cosSin = run.Floats(new Shape(320, layout.HeadDim), RopeTable(layout.HeadDim));
        int[] contexts = new int[sequences];
        int[][] pages = [.. Enumerable.Range(0, sequences).Select(s => Enumerable.Range(0, pagesEach).Select(p => (s + 1) * pagesEach - 1 - p).ToArray())];
        var outputs = new List<float>();
        foreach (Step step in steps)
        {
            for (int s = 1; s < step.Lengths.Length && step.SharedPages > 0; s++)
            {
                pages[0].AsSpan(0, step.SharedPages).CopyTo(pages[s]);
                contexts[s] = step.SharedPages * layout.PageSize;
            }

            contexts[0] = step.SharedPages > 0 ? step.SharedPages * layout.PageSize : contexts[0];
            AttentionBatch batch = Batch(run, layout, step, contexts, pages);
            Tensor qkv = run.Activations(new Shape(batch.Tokens, layout.Width), Inputs(layout, step, contexts)), output = run.Output(batch.Tokens, layout.Heads * layout.HeadDim);
            run.Backend.RopeStoreKv(qkv, layout.Heads, cosSin, batch, cache.Keys(0), cache.Values(0));
            run.Backend.Attention(qkv, layout.Heads, 1 / MathF.Sqrt(layout.HeadDim), cache.Keys(0), cache.Values(0), batch, output);
            outputs.AddRange(run.Read(output));
        }

        return [.. outputs];
    }

    private static OpCase Case(string name, Layout layout, Step[] steps) => new($"attention {name}", run => Run(run, layout, steps)) { Roundings = 6 };

    private static AttentionBatch Batch(OpRun run, Layout layout, Step step, int[] contexts, int[][] pages)
    {
        int[] lengths = step.Lengths, owners = [.. lengths.SelectMany((n, s) => Enumerable.Repeat(s, n))];
        int[] positions = [.. lengths.SelectMany((n, s) => Enumerable.Range(contexts[s], n))];
        for (int s = 0; s < lengths.Length; s++)
        {
            contexts[s] += lengths[s];
        }

        int[] groups = step.SharedPages > 0 ? [0, lengths.Length, step.SharedPages] : [];
        return new AttentionBatch
        {
            Sequences = lengths.Length,
            Tokens = owners.Length,
            MaxQueryLength = lengths.Max(),
            MaxContextLength = contexts.Take(lengths.Length).Max(),
            QueryStarts = run.Integers([0, .. lengths.Select((_, s) => lengths.Take(s + 1).Sum())]),
            ContextLengths = run.Integers([.. contexts.Take(lengths.Length)]),
            PageTable = run.Integers(new Shape(lengths.Length, pages[0].Length), [.. pages.Take(lengths.Length).SelectMany(list => list)]),
            Slots = run.Integers([.. positions.Select((p, t) => pages[owners[t]][p / layout.PageSize] * layout.PageSize + p % layout.PageSize)]),
            RopeRows = run.Integers(positions),
            PrefixGroups = run.Integers(new Shape(groups.Length / 3, 3), groups),
        };
    }

    /// <summary>A token's input is a function of its sequence and position. contexts: with this step's tokens.</summary>
    private static float[] Inputs(Layout layout, Step step, int[] contexts) =>
        [.. step.Lengths.SelectMany((n, s) => Enumerable.Range(contexts[s] - n, n).SelectMany(position => OpRun.Numbers(1000 * s + position, layout.Width)))];

    private static float[] RopeTable(int headDim)
    {
        int half = headDim / 2;
        float[] table = new float[320 * headDim];
        for (int i = 0; i < 320 * half; i++)
        {
            double angle = i / half * Math.Pow(10000, -2.0 * (i % half) / headDim);
            table[i / half * headDim + i % half] = (float)Math.Cos(angle);
            table[i / half * headDim + half + i % half] = (float)Math.Sin(angle);
        }

        return table;
    }
}
