using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Every weight format, at row counts around the kernel's tile sizes and at sizes that fill no tile.</summary>
internal static class MatMulCases
{
    public static IEnumerable<OpCase> All =>
    [
        .. Dense(),
        Quantized("q8 groups of 128", 3, 64, 256, 8, 2),
        Quantized("q8 one group", 9, 40, 160, 8, 1),
        Quantized("q8 groups of 32, act-order", 17, 64, 128, 8, 4, actOrder: true),
        Quantized("q8 groups of 96", 2, 32, 192, 8, 2),
        Quantized("q8 groups of 20", 5, 32, 60, 8, 3),
        Quantized("q8 groups of 128, act-order", 65, 96, 384, 8, 3, actOrder: true),
        Quantized("q4 groups of 32", 3, 64, 128, 4, 4),
        Quantized("q4 groups of 128, act-order", 33, 72, 256, 4, 2, actOrder: true),
        Quantized("awq groups of 64", 8, 64, 192, 4, 3, packing: CodePacking.AlongRowsInterleaved),
        Quantized("q8 BF16 scales", 4, 32, 128, 8, 2, scales: DType.BF16),
        Quantized("q8 F32 scales", 4, 32, 128, 8, 2, scales: DType.F32),
        new OpCase("matmul stacked, one order of features", run => Stacked(run, sameOrder: true)) { Roundings = 3 },
        new OpCase("matmul stacked, three orders of features", run => Stacked(run, sameOrder: false)) { Roundings = 3 },
        new OpCase("matmul stacked dense, 8 and 4 bits with bias", Mixed) { Roundings = 3 },
        new OpCase("matmul to F32 logits", Logits),
        .. Wide(),
    ];

    /// <summary>A random quantised matrix; codes and zero points cover all values.</summary>
    public static QuantizedMatrix Matrix(
        OpRun run, int seed, int n, int k, int bits, int groups, bool actOrder = false, CodePacking packing = CodePacking.AlongColumns, DType scales = DType.F16, int orderSeed = 0)
    {
        var random = new Random(seed);
        bool awq = packing == CodePacking.AlongRowsInterleaved;
        int perWord = 32 / bits;
        int[] index = [.. Enumerable.Range(0, k).Select(i => i / (k / groups))];
        new Random(orderSeed).Shuffle(index);
        return new QuantizedMatrix(n, k)
        {
            Bits = bits,
            Groups = groups,
            Words = run.HostInteger(awq ? new Shape(k, n / 8) : new Shape((k + perWord - 1) / perWord, n), random),
            Zeros = run.HostInteger(awq ? new Shape(groups, n / 8) : new Shape(groups, (n + perWord - 1) / perWord), random),
            Scales = run.Host(new Shape(groups, n), scales, OpRun.Numbers(seed + 1, groups * n, bits == 8 ? 0.002f : 0.03f)),
            Packing = packing,
            ZeroOffset = awq ? 0 : 1,
            GroupIndex = actOrder ? index : null,
        };
    }

    private static IEnumerable<OpCase> Dense()
    {
        foreach ((int m, int n, int k, DType type) in new[]
        {
            (1, 32, 64, DType.F16), (7, 204, 136, DType.F16), (9, 40, 200, DType.F32), (17, 96, 384, DType.BF16), (40, 33, 32, DType.F16), (70, 64, 96, DType.F16), (3, 8, 8, DType.F32),
        })
        {
            yield return new OpCase($"matmul dense {type} [{m}, {k}] x [{n}, {k}]", run =>
            {
                var matrix = new DenseMatrix(run.Host(new Shape(n, k), type, OpRun.Numbers(5, n * k, 0.1f)));
                return Multiply(run, [matrix], null, m);
            })
            { Roundings = 3 };
        }
    }

    /// <summary>Rows and columns enough for the form with large blocks on the emulator's four multiprocessors; edges in both directions, chains of every length.</summary>
    private static IEnumerable<OpCase> Wide() =>
    [
        Quantized("wide q8 groups of 128, act-order", 150, 296, 384, 8, 3, actOrder: true),
        Quantized("wide q8 groups of 96, F32 scales", 66, 520, 96, 8, 1, scales: DType.F32),
        Quantized("wide q4 groups of 32", 129, 264, 160, 4, 5),
        Quantized("wide awq groups of 64", 200, 256, 64, 4, 1, packing: CodePacking.AlongRowsInterleaved),
        new OpCase("matmul wide dense with bias to F32", run =>
        {
            var matrix = new DenseMatrix(run.Host(new Shape(300, 200), DType.F16, OpRun.Numbers(5, 300 * 200, 0.1f)));
            using LinearWeight weight = run.Backend.LoadLinear([matrix], OpRun.Numbers(9, 300));
            Tensor output = run.Logits(131, 300);
            run.Backend.MatMul(weight, run.Random(6, 131, 200), output);
            return run.Read(output);
        }),
    ];

    private static OpCase Quantized(
        string name, int m, int n, int k, int bits, int groups, bool actOrder = false, CodePacking packing = CodePacking.AlongColumns, DType scales = DType.F16) =>
        new($"matmul {name} [{m}, {k}] x [{n}, {k}]", run => Multiply(run, [Matrix(run, 5, n, k, bits, groups, actOrder, packing, scales)], null, m));

    public static float[] Multiply(OpRun run, WeightMatrix[] parts, float[]? bias, int m)
    {
        using LinearWeight weight = run.Backend.LoadLinear(parts, bias);
        Tensor output = run.Output(m, weight.OutFeatures);
        run.Backend.MatMul(weight, run.Random(6, m, weight.InFeatures), output);
        return run.Read(output);
    }

    private static float[] Stacked(OpRun run, bool sameOrder)
    {
        QuantizedMatrix[] parts = [.. new[] { 64, 24, 40 }.Select((n, i) => Matrix(run, i, n, 128, 8, 4, actOrder: true, orderSeed: sameOrder ? 1 : i))];
        return Multiply(run, parts, OpRun.Numbers(9, 128), 11);
    }

    private static float[] Mixed(OpRun run)
    {
        WeightMatrix[] parts =
        [
            new DenseMatrix(run.Host(new Shape(24, 128), DType.F16, OpRun.Numbers(5, 24 * 128, 0.1f))),
            Matrix(run, 7, 40, 128, 8, 2),
            Matrix(run, 8, 32, 128, 4, 4),
        ];
        return Multiply(run, parts, OpRun.Numbers(9, 96), 5);
    }

    private static float[] Logits(OpRun run)
    {
        var matrix = new DenseMatrix(run.Host(new Shape(511, 136), DType.F16, OpRun.Numbers(5, 511 * 136, 0.1f)));
        using LinearWeight weight = run.Backend.LoadLinear([matrix], null);
        Tensor output = run.Logits(2, 511);
        run.Backend.MatMul(weight, run.Random(6, 2, 136), output);
        return run.Read(output);
    }
}
