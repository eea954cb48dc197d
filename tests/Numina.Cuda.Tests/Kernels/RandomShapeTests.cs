using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Cuda;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Products and attention of shapes that nobody chose, against the scalar reference, with every access checked. A seed makes a shape; the test's name tells it.</summary>
[TestFixture]
internal sealed class RandomShapeTests
{
    private const int Shapes = 30;
    private CudaBackend _backend = null!;

    private static IEnumerable<OpCase> Products => Enumerable.Range(0, Shapes).Select(Product);

    private static IEnumerable<OpCase> Attentions => Enumerable.Range(0, Shapes).Select(Attention);

    [OneTimeSetUp]
    public void Open() => _backend = CudaDevices.OpenEmulated(EmulatorMode.Checked);

    [OneTimeTearDown]
    public void Close() => _backend?.Dispose();

    [TestCaseSource(nameof(Products))]
    public void A_product_is_the_references(OpCase op) => op.Check(_backend);

    [TestCaseSource(nameof(Attentions))]
    public void Attention_is_the_references(OpCase op) => op.Check(_backend);

    /// <summary>1 to 3 stacked parts, each dense or quantised in its own way; up to 150 rows, so that both forms of matmul are met.</summary>
    private static OpCase Product(int seed)
    {
        var random = new Random(seed);
        int rows = random.Next(2) == 0 ? random.Next(1, 20) : random.Next(20, 150), groups = random.Next(1, 5), inputs = groups * 8 * random.Next(1, 17);
        (int Outputs, string Kind)[] parts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (8 * random.Next(1, 40), Pick(random, "dense", "q8", "q4", "q8 act-order", "awq")))];
        bool bias = random.Next(2) == 0;
        string name = $"[{rows}, {inputs}] x {string.Join(" + ", parts.Select(part => $"{part.Kind} {part.Outputs}"))}, {groups} groups{(bias ? ", bias" : "")}";
        return new OpCase(name, run => MatMulCases.Multiply(
            run,
            [.. parts.Select((part, i) => Part(run, seed + i, part.Outputs, part.Kind, inputs, groups))],
            bias ? OpRun.Numbers(9, parts.Sum(part => part.Outputs)) : null,
            rows))
        { Roundings = 3 };
    }

    private static WeightMatrix Part(OpRun run, int seed, int outputs, string kind, int inputs, int groups) => kind switch
    {
        "dense" => new DenseMatrix(run.Host(new Shape(outputs, inputs), DType.F16, OpRun.Numbers(seed, outputs * inputs, 0.1f))),
        "awq" => MatMulCases.Matrix(run, seed, outputs, inputs, 4, groups, packing: CodePacking.AlongRowsInterleaved),
        "q4" => MatMulCases.Matrix(run, seed, outputs, inputs, 4, groups),
        _ => MatMulCases.Matrix(run, seed, outputs, inputs, 8, groups, actOrder: kind != "q8", orderSeed: seed),
    };

    /// <summary>Any grouping of heads, any even head size, pages of any length; prompts, chunks and single tokens mixed, with and without a shared prefix.</summary>
    private static OpCase Attention(int seed)
    {
        var random = new Random(1000 + seed);
        int kvHeads = random.Next(1, 4), pageSize = Pick(random, 1, 4, 5, 16, 32), first = random.Next(1, 140), sequences = random.Next(2, 6);
        var layout = new AttentionCases.Layout(kvHeads * random.Next(1, 9), kvHeads, 2 * random.Next(4, 65), pageSize);
        int shared = random.Next(2) == 0 ? first / pageSize : 0;
        int[] later = [.. Enumerable.Range(0, sequences).Select(_ => random.Next(3) == 0 ? random.Next(2, 40) : 1)];
        AttentionCases.Step[] steps = shared > 0
            ? [new([first]), new(later) { SharedPages = shared }]
            : [new([.. Enumerable.Range(0, sequences).Select(_ => random.Next(1, first + 1))]), new(later), new([.. Enumerable.Repeat(1, sequences)])];
        string name = $"{layout.Heads}/{kvHeads} heads of {layout.HeadDim}, pages of {pageSize}: {string.Join(" then ", steps.Select(step => string.Join('+', step.Lengths)))}, {shared} shared pages";
        return new OpCase(name, run => AttentionCases.Run(run, layout, steps)) { Roundings = 6 };
    }

    private static T Pick<T>(Random random, params T[] among) => among[random.Next(among.Length)];
}
