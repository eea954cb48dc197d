using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Bench.Devices;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;
using Query = Numina.Cuda.Bench.Operations.AttentionScene.Query;

namespace Numina.Cuda.Bench.Operations;

/// <summary>Attention of one layer: decode of many sequences, their shared prefix read once or by each; decode of one; a whole prompt.</summary>
internal sealed class AttentionOperations(IBenchDevice device, CpuBackend reference, OperationShape shape, Func<string, bool> isWanted)
{
    private const int CheckedQueries = 16;
    private readonly ModelConfig _config = shape.Config;
    private readonly float _scale = 1 / MathF.Sqrt(shape.Config.HeadDim);

    private int Width => _config.Heads * _config.HeadDim;

    public IEnumerable<BenchOperation> All() =>
        Decode($"attention decode {shape.Sequences} x {shape.Context}, {shape.Shared} shared and read once", shape.Sequences, grouped: true)
            .Concat(Decode($"attention decode {shape.Sequences} x {shape.Context}", shape.Sequences, grouped: false))
            .Concat(Decode($"attention decode 1 x {shape.Context}", 1, grouped: false))
            .Concat(Prefill($"attention prefill {shape.Prompt}"));

    private IEnumerable<BenchOperation> Decode(string name, int sequences, bool grouped)
    {
        if (!isWanted(name))
        {
            yield break;
        }

        double bytes = 2.0 * sequences * shape.Context * _config.KvHeads * _config.HeadDim * device.Backend.KvType.ByteSize();
        int copies = BenchOperation.CopiesFor(device.CacheBytes, bytes);
        using var scene = new AttentionScene(device.Backend, shape, copies, [.. Enumerable.Range(0, sequences)], shape.Context, shape.Shared, grouped);
        using var tensors = new BenchTensors(device.Backend);
        (AttentionBatch batch, Tensor qkv) = scene.Ask([.. Enumerable.Range(0, sequences).Select(i => new Query(i, shape.Context, 1))]);
        Tensor output = tensors.Output(sequences, Width);
        void Run(int layer) => Attention(device.Backend, scene, layer, batch, qkv, output);
        yield return new BenchOperation(name, Run, copies)
        {
            Bytes = scene.CachedBytes,
            Flops = 4.0 * sequences * shape.Context * Width,
            Check = () =>
            {
                Run(copies - 1);
                // The first, middle and last sequence, each with pages of its own.
                int[] chosen = [.. new[] { 0, sequences / 2, sequences - 1 }.Distinct()];
                using var own = new AttentionScene(reference, shape, 1, chosen, shape.Context, shape.Shared, grouped: false);
                return Difference.Of(tensors.Read(output, chosen), Expected(own, [.. chosen.Select((_, i) => new Query(i, shape.Context, 1))]));
            },
        };
    }

    private IEnumerable<BenchOperation> Prefill(string name)
    {
        if (!isWanted(name))
        {
            yield break;
        }

        int tokens = shape.Prompt;
        using var scene = new AttentionScene(device.Backend, shape, 1, [0], tokens, 0, grouped: false);
        using var tensors = new BenchTensors(device.Backend);
        (AttentionBatch batch, Tensor qkv) = scene.Ask([new Query(0, tokens, tokens)]);
        Tensor output = tensors.Output(tokens, Width);
        void Run(int layer) => Attention(device.Backend, scene, layer, batch, qkv, output);
        yield return new BenchOperation(name, Run, 1)
        {
            Bytes = scene.CachedBytes + 2.0 * tokens * Width * device.Backend.ActivationType.ByteSize(),
            Flops = 2.0 * tokens * (tokens + 1.0) * Width,
            Check = () =>
            {
                Run(0);
                // Tokens at the beginning, in the middle and at the end.
                int count = Math.Min(CheckedQueries, tokens);
                int[] ends = [count, Math.Max(count, tokens / 2 + 3), tokens];
                using var own = new AttentionScene(reference, shape, 1, [0], tokens, 0, grouped: false);
                IEnumerable<int> rows = ends.SelectMany(end => Enumerable.Range(end - count, count));
                return Difference.Of(tensors.Read(output, rows), Expected(own, [.. ends.Select(end => new Query(0, end, count))]));
            },
        };
    }

    private float[] Expected(AttentionScene scene, Query[] queries)
    {
        using var tensors = new BenchTensors(reference);
        (AttentionBatch batch, Tensor qkv) = scene.Ask(queries);
        Tensor output = tensors.Output(batch.Tokens, Width);
        Attention(reference, scene, 0, batch, qkv, output);
        return tensors.Read(output);
    }

    private void Attention(IBackend backend, AttentionScene scene, int layer, in AttentionBatch batch, Tensor qkv, Tensor output) =>
        backend.Attention(qkv, _config.Heads, _scale, scene.Cache.Keys(layer), scene.Cache.Values(layer), batch, output);
}
