using Numina.Cuda.Backends;
using Numina.Cuda.Backends.Cpu;
using Numina.Cuda.Bench.Devices;
using Numina.Cuda.Bench.Models;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Bench.Operations;

/// <summary>A layer's four products and the head's, in every format that checkpoints have, beside NVIDIA's product of dense F16.</summary>
internal sealed class MatMulOperations(IBenchDevice device, CpuBackend reference, OperationShape shape, Func<string, bool> isWanted)
{
    private const int GroupSize = 128;
    // Rows of the output that are checked: rows do not depend on each other, and the CPU takes its time.
    private const int CheckedRows = 4;

    private sealed record Product(string Name, int Inputs, int Outputs, bool IsHead)
    {
        public string At(int rows) => $"{Name} [{rows}, {Inputs}] x [{Inputs}, {Outputs}]";
    }

    public IEnumerable<BenchOperation> All()
    {
        foreach (Product product in Products())
        {
            int[] rows = [.. shape.Rows.Where(rows => !product.IsHead || rows <= OperationShape.MostLogitRows)];
            foreach (BenchOperation operation in Cublas(product, rows))
            {
                yield return operation;
            }

            foreach ((string format, int bits) in product.IsHead ? [("fp16", 16)] : new[] { ("int8 g128", 8), ("int4 g128", 4), ("fp16", 16) })
            {
                foreach (BenchOperation operation in Ours(product, rows, $"matmul {format}", bits))
                {
                    yield return operation;
                }
            }
        }
    }

    private IEnumerable<Product> Products()
    {
        var config = shape.Config;
        int queries = config.Heads * config.HeadDim;
        return
        [
            new("q+k+v", config.HiddenSize, queries + 2 * config.KvHeads * config.HeadDim, false),
            new("output", queries, config.HiddenSize, false),
            new("gate+up", config.HiddenSize, 2 * config.IntermediateSize, false),
            new("down", config.IntermediateSize, config.HiddenSize, false),
            new("head", config.HiddenSize, config.VocabularySize, true),
        ];
    }

    private IEnumerable<BenchOperation> Ours(Product product, int[] rows, string name, int bits)
    {
        if (!rows.Any(count => isWanted($"{name} {product.At(count)}")))
        {
            yield break;
        }

        using var matrices = new SyntheticMatrices(GroupSize);
        WeightMatrix matrix = bits == 16
            ? new DenseMatrix(matrices.Halves(new Shape(product.Outputs, product.Inputs), 0.02f))
            : matrices.Quantized(bits, product.Outputs, product.Inputs);
        using LinearWeight expected = reference.LoadLinear([matrix], null);
        LinearWeight first = device.Backend.LoadLinear([matrix], null);
        int copies = BenchOperation.CopiesFor(device.CacheBytes, first.ByteLength);
        LinearWeight[] weights = [first, .. Enumerable.Range(1, copies - 1).Select(_ => device.Backend.LoadLinear([matrix], null))];
        foreach (int count in rows)
        {
            using var tensors = new BenchTensors(device.Backend);
            float[] input = BenchTensors.Numbers(count, (long)count * product.Inputs);
            Tensor x = tensors.Activations(input, product.Inputs), y = Output(tensors, product, count);
            yield return Operation(product, count, name, copies, first.ByteLength, expected, tensors, input, y, i => device.Backend.MatMul(weights[i], x, y)) with
            {
                Peer = $"cublas fp16 {product.At(count)}",
            };
        }

        Array.ForEach(weights, weight => weight.Dispose());
    }

    private IEnumerable<BenchOperation> Cublas(Product product, int[] rows)
    {
        const string name = "cublas fp16";
        if (device.Cublas is not { } cublas || !rows.Any(count => isWanted($"{name} {product.At(count)}")))
        {
            yield break;
        }

        using var tensors = new BenchTensors(device.Backend);
        using var matrices = new SyntheticMatrices(GroupSize);
        Tensor matrix = matrices.Halves(new Shape(product.Outputs, product.Inputs), 0.02f);
        using LinearWeight expected = reference.LoadLinear([new DenseMatrix(matrix)], null);
        int copies = BenchOperation.CopiesFor(device.CacheBytes, matrix.ByteLength);
        Tensor[] weights = [.. Enumerable.Range(0, copies).Select(_ => tensors.Copy(matrix))];
        foreach (int count in rows)
        {
            using var own = new BenchTensors(device.Backend);
            float[] input = BenchTensors.Numbers(count, (long)count * product.Inputs);
            Tensor x = own.Activations(input, product.Inputs), y = Output(own, product, count);
            yield return Operation(product, count, name, copies, matrix.ByteLength, expected, own, input, y, i => cublas.MatMul(x, weights[i], y)) with
            {
                IsPeer = true,
            };
        }
    }

    private static Tensor Output(BenchTensors tensors, Product product, int rows) =>
        product.IsHead ? tensors.Floats(rows, product.Outputs) : tensors.Output(rows, product.Outputs);

    private BenchOperation Operation(Product product, int rows, string name, int copies, long weightBytes, LinearWeight expected, BenchTensors tensors, float[] input, Tensor output, Action<int> run)
    {
        int element = device.Backend.ActivationType.ByteSize();
        return new BenchOperation($"{name} {product.At(rows)}", run, copies)
        {
            Bytes = weightBytes + (double)rows * (product.Inputs * element + product.Outputs * (product.IsHead ? sizeof(float) : element)),
            Flops = 2.0 * rows * product.Inputs * product.Outputs,
            Check = () => Compare(expected, () => run(copies - 1), tensors, input, output),
        };
    }

    private Difference Compare(LinearWeight expected, Action run, BenchTensors tensors, float[] input, Tensor output)
    {
        run();
        int rows = (int)output.Shape[0], inputs = expected.InFeatures, chosen = Math.Min(rows, CheckedRows);
        int[] at = [.. Enumerable.Range(0, chosen).Select(i => chosen == 1 ? 0 : (int)((long)i * (rows - 1) / (chosen - 1)))];
        using var own = new BenchTensors(reference);
        Tensor x = own.Activations([.. at.SelectMany(row => input.AsSpan(row * inputs, inputs).ToArray())], inputs), y = own.Output(chosen, expected.OutFeatures);
        reference.MatMul(expected, x, y);
        return Difference.Of(tensors.Read(output, at), own.Read(y));
    }
}
