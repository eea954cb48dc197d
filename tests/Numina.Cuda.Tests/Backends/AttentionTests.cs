using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Backends;

/// <summary>Rope, the paged key-value store and attention, against double precision and against themselves in other batches.</summary>
[TestFixture]
internal sealed class AttentionTests
{
    /// <summary>Heads, key-value heads, head size, page size.</summary>
    private static readonly int[][] s_shapes = [[4, 4, 32, 16], [9, 3, 64, 16], [8, 2, 16, 32], [4, 1, 34, 16], [4, 4, 40, 5], [2, 2, 128, 64], [6, 2, 8, 1]];

    [TestCaseSource(nameof(s_shapes))]
    public void Prefill_is_that_of_double_precision(int heads, int kvHeads, int headDim, int pageSize)
    {
        const int length = 70;
        int width = (heads + 2 * kvHeads) * headDim;
        float[] qkv = HostTensors.Random(1, length * width);
        double[] expected = AttentionReference.Compute(qkv, length, heads, kvHeads, headDim);
        foreach (CpuOptions options in CpuVariants.All)
        {
            float[] output = new AttentionRun(options, heads, kvHeads, headDim, pageSize).Steps(qkv, length, [length]);
            for (int i = 0; i < expected.Length; i++)
            {
                if (!(Math.Abs(output[i] - expected[i]) <= 3e-6))
                {
                    Assert.Fail($"{options}: token {i / (heads * headDim)}, element {i % (heads * headDim)}: expected {expected[i]}, got {output[i]}");
                }
            }
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void A_query_has_the_same_bits_in_prefill_chunks_and_decode(int heads, int kvHeads, int headDim, int pageSize)
    {
        const int length = 70;
        float[] qkv = HostTensors.Random(2, length * (heads + 2 * kvHeads) * headDim);
        float[] reference = new AttentionRun(new CpuOptions { Threads = 1, InstructionSet = CpuInstructionSet.Vector128 }, heads, kvHeads, headDim, pageSize)
            .Steps(qkv, length, [.. Enumerable.Repeat(1, length)]);
        foreach (CpuOptions options in CpuVariants.All)
        {
            foreach (int[] steps in new int[][] { [length], [33, 1, 1, 35], [7, 13, 17, 2, 31] })
            {
                float[] output = new AttentionRun(options, heads, kvHeads, headDim, pageSize).Steps(qkv, length, steps);
                Assert.That(output.AsSpan().SequenceEqual(reference), $"{options}, steps {string.Join('+', steps)}");
            }
        }
    }

    [TestCaseSource(nameof(s_shapes))]
    public void A_sequence_has_the_same_bits_beside_others_and_on_shared_pages(int heads, int kvHeads, int headDim, int pageSize)
    {
        const int shared = 64, own = 6;
        int width = (heads + 2 * kvHeads) * headDim;
        float[] prefix = HostTensors.Random(3, shared * width);
        float[][] tails = [.. Enumerable.Range(0, 5).Select(s => HostTensors.Random(10 + s, own * width))];
        foreach (CpuOptions options in CpuVariants.All)
        {
            var run = new AttentionRun(options, heads, kvHeads, headDim, pageSize);
            float[] together = run.SharedPrefix(prefix, shared, tails, own);
            for (int s = 0; s < tails.Length; s++)
            {
                float[] alone = run.Steps([.. prefix, .. tails[s]], shared + own, [shared, own]);
                int rows = own * heads * headDim;
                Assert.That(together.AsSpan(s * rows, rows).SequenceEqual(alone.AsSpan(shared * heads * headDim)), $"{options}, sequence {s}");
            }
        }
    }

    [Test]
    public void Copied_pages_hold_the_same_keys_and_values()
    {
        using var backend = new CpuBackend(new CpuOptions { Threads = 1 });
        using var cache = new KvCache(backend, new KvLayout(3, 4, 8, 2, 4, backend.KvType));
        for (int layer = 0; layer < 3; layer++)
        {
            HostTensors.Random(layer, 4 * 64).CopyTo(cache.Keys(layer).AsSpan<float>());
            HostTensors.Random(50 + layer, 4 * 64).CopyTo(cache.Values(layer).AsSpan<float>());
        }

        float[] untouched = cache.Keys(1).Rows(2, 1).AsSpan<float>().ToArray();
        backend.CopyPages(cache, [0, 1], [3, 1]);
        for (int layer = 0; layer < 3; layer++)
        {
            Assert.That(cache.Keys(layer).Rows(3, 1).AsSpan<float>().SequenceEqual(cache.Keys(layer).Rows(0, 1).AsSpan<float>()));
            Assert.That(cache.Values(layer).Rows(3, 1).AsSpan<float>().SequenceEqual(cache.Values(layer).Rows(0, 1).AsSpan<float>()));
        }

        Assert.That(cache.Keys(1).Rows(2, 1).AsSpan<float>().SequenceEqual(untouched));
    }
}
