using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Bench.Devices;
using Numina.Cuda.Tensors;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Bench.Operations;

/// <summary>What a decode step does to each row between the products: norms, SwiGLU, rotation and store.</summary>
internal sealed class RowOperations(IBenchDevice device, CpuBackend reference, OperationShape shape)
{
    private readonly ModelConfig _config = shape.Config;

    private int Rows => shape.Sequences;

    private int Element => device.Backend.ActivationType.ByteSize();

    public IEnumerable<BenchOperation> All() => RmsNorm().Concat(AddRmsNorm()).Concat(SwiGlu()).Concat(RopeStoreKv());

    private IEnumerable<BenchOperation> RmsNorm()
    {
        int width = _config.HiddenSize;
        return Operation($"rmsnorm [{Rows}, {width}]", 2.0 * Rows * width * Element, tensors =>
        {
            Tensor x = tensors.Activations(Numbers(1, width), width), y = tensors.Output(Rows, width), weight = Weight(tensors);
            return (() => tensors.Backend.RmsNorm(x, weight, _config.NormEpsilon, y), y);
        });
    }

    private IEnumerable<BenchOperation> AddRmsNorm()
    {
        int width = _config.HiddenSize;
        return Operation($"add_rmsnorm [{Rows}, {width}]", 4.0 * Rows * width * Element, tensors =>
        {
            Tensor residual = tensors.Activations(Numbers(1, width), width), delta = tensors.Activations(Numbers(2, width), width);
            Tensor y = tensors.Output(Rows, width), weight = Weight(tensors);
            return (() => tensors.Backend.AddRmsNorm(residual, delta, weight, _config.NormEpsilon, y), y);
        });
    }

    private IEnumerable<BenchOperation> SwiGlu()
    {
        int width = _config.IntermediateSize;
        return Operation($"swiglu [{Rows}, {width}]", 3.0 * Rows * width * Element, tensors =>
        {
            Tensor gateUp = tensors.Activations(Numbers(1, 2 * width), 2 * width), y = tensors.Output(Rows, width);
            return (() => tensors.Backend.SwiGlu(gateUp, y), y);
        });
    }

    /// <summary>One token of each sequence, stored in a page of its own. Queries and keys are read and written, values read; keys and values stored.</summary>
    private IEnumerable<BenchOperation> RopeStoreKv()
    {
        const int pageSize = OperationShape.PageSize;
        int heads = _config.Heads, kvHeads = _config.KvHeads, dim = _config.HeadDim, width = (heads + 2 * kvHeads) * dim;
        return Operation($"rope_store_kv [{Rows}, {width}]", (double)Rows * dim * (2 * heads + 5 * kvHeads) * Element, tensors =>
        {
            Tensor qkv = tensors.Activations(Numbers(1, width), width), cosSin = tensors.Floats(Angles(), new Shape(Rows, dim));
            int[] each = [.. Enumerable.Range(0, Rows)];
            var batch = new AttentionBatch
            {
                Sequences = Rows,
                Tokens = Rows,
                MaxQueryLength = 1,
                MaxContextLength = pageSize,
                QueryStarts = tensors.Integers([.. each, Rows]),
                ContextLengths = tensors.Integers([.. each.Select(i => i % pageSize + 1)]),
                PageTable = tensors.Integers(each, new Shape(Rows, 1)),
                Slots = tensors.Integers([.. each.Select(i => i * pageSize + i % pageSize)]),
                RopeRows = tensors.Integers(each),
                PrefixGroups = tensors.Integers([], new Shape(0, 3)),
            };
            var pages = new Shape(Rows, kvHeads, pageSize, dim);
            Tensor keys = tensors.Output(Rows, pages.Count / Rows).Reshape(pages), values = tensors.Output(Rows, pages.Count / Rows).Reshape(pages);
            return (() => tensors.Backend.RopeStoreKv(qkv, heads, cosSin, batch, keys, values), qkv);
        });
    }

    /// <param name="name">Operation and shape.</param>
    /// <param name="bytes">That a run reads and writes.</param>
    /// <param name="make">Makes inputs on a backend: what runs the operation, and its result.</param>
    private IEnumerable<BenchOperation> Operation(string name, double bytes, Func<BenchTensors, (Action Run, Tensor Output)> make)
    {
        using var tensors = new BenchTensors(device.Backend);
        int copies = BenchOperation.CopiesFor(device.CacheBytes, bytes);
        (Action Run, Tensor Output)[] made = [.. Enumerable.Range(0, copies).Select(_ => make(tensors))];
        yield return new BenchOperation(name, i => made[i].Run(), copies)
        {
            Bytes = bytes,
            Check = () =>
            {
                made[^1].Run();
                using var own = new BenchTensors(reference);
                (Action run, Tensor expected) = make(own);
                run();
                return Difference.Of(tensors.Read(made[^1].Output), own.Read(expected));
            },
        };
    }

    private float[] Numbers(int seed, int width) => BenchTensors.Numbers(seed, (long)Rows * width);

    private Tensor Weight(BenchTensors tensors) => tensors.Floats(BenchTensors.Numbers(5, _config.HiddenSize), new Shape(_config.HiddenSize));

    private float[] Angles()
    {
        int half = _config.HeadDim / 2;
        return [.. Enumerable.Range(0, Rows).SelectMany(row => Enumerable.Range(0, 2 * half).Select(i =>
        {
            double angle = 10.0 * row / (1 + i % half);
            return (float)(i < half ? Math.Cos(angle) : Math.Sin(angle));
        }))];
    }
}
