using Numina.Cuda.Backends;
using Numina.Cuda.Tensors;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>Norms and gate/up that write in the order which the weight behind them chose: act-order, padded groups, widths that fill no tile.</summary>
internal static class OrderCases
{
    private const int Rows = 5;

    public static IEnumerable<OpCase> All =>
    [
        Attention("one order", run => [.. new[] { 64, 24, 40 }.Select((n, i) => MatMulCases.Matrix(run, i, n, 128, 8, 4, actOrder: true))]),
        Attention("three orders", run => [.. new[] { 64, 24, 40 }.Select((n, i) => MatMulCases.Matrix(run, i, n, 128, 8, 4, actOrder: true, orderSeed: i))]),
        Attention("groups of 20", run => [MatMulCases.Matrix(run, 1, 32, 60, 8, 3, actOrder: true)]),
        Attention("dense of 136 features", run => [Dense(run, 40, 136)]),
        Mlp("act-order", run => [MatMulCases.Matrix(run, 1, 128, 64, 8, 2, actOrder: true), MatMulCases.Matrix(run, 2, 128, 64, 8, 2, actOrder: true)],
            run => MatMulCases.Matrix(run, 3, 64, 128, 8, 4, actOrder: true)),
        Mlp("4 bits, down in groups of 20", run => [MatMulCases.Matrix(run, 1, 80, 64, 4, 2), MatMulCases.Matrix(run, 2, 80, 64, 4, 2)],
            run => MatMulCases.Matrix(run, 3, 64, 80, 4, 4, actOrder: true)),
        Mlp("AWQ before act-order", run => [Awq(run, 1), Awq(run, 2)], run => MatMulCases.Matrix(run, 3, 64, 128, 8, 4, actOrder: true)),
        Mlp("dense before act-order", run => [Dense(run, 128, 64), Dense(run, 128, 64)], run => MatMulCases.Matrix(run, 3, 64, 128, 8, 4, actOrder: true)),
        Mlp("dense and quantised beside each other", run => [Dense(run, 128, 64), MatMulCases.Matrix(run, 2, 128, 64, 8, 2, actOrder: true)],
            run => MatMulCases.Matrix(run, 3, 64, 128, 8, 4, actOrder: true)),
        Mlp("dense of 136 features", run => [Dense(run, 136, 64), Dense(run, 136, 64)], run => Dense(run, 64, 136)),
    ];

    /// <summary>residual += delta, norm, q/k/v. With <paramref name="chooses"/> the norm writes in the weight's order, else the weight gathers.</summary>
    public static float[] Attention(OpRun run, WeightMatrix[] parts, bool chooses)
    {
        using LinearWeight weight = run.Backend.LoadLinear(parts, Bias(parts), new LinearOrder { ChoosesInput = chooses });
        Tensor residual = run.Random(6, Rows, weight.InFeatures), normed = run.Output(Rows, weight.InputWidth), output = run.Output(Rows, weight.OutFeatures);
        run.Backend.AddRmsNorm(residual, run.Random(7, Rows, weight.InFeatures), Norm(run, weight), 1e-5f, normed, chooses ? weight : null);
        run.Backend.MatMul(weight, normed, output);
        return [.. run.Read(residual), .. run.Read(output)];
    }

    /// <summary>Norm, gate and up, SwiGLU, down. With <paramref name="chooses"/> gate and up write in down's order, else down gathers.</summary>
    public static float[] Mlp(OpRun run, WeightMatrix[] gateUp, WeightMatrix down, bool chooses)
    {
        using LinearWeight reader = run.Backend.LoadLinear([down], null, new LinearOrder { ChoosesInput = chooses });
        using LinearWeight weight = run.Backend.LoadLinear(gateUp, Bias(gateUp), new LinearOrder { ChoosesInput = chooses, Reader = chooses ? reader : null });
        Tensor normed = run.Output(Rows, weight.InputWidth), both = run.Output(Rows, weight.OutFeatures), activated = run.Output(Rows, reader.InputWidth);
        run.Backend.RmsNorm(run.Random(6, Rows, weight.InFeatures), Norm(run, weight), 1e-5f, normed, chooses ? weight : null);
        run.Backend.MatMul(weight, normed, both);
        run.Backend.SwiGlu(both, activated);
        Tensor output = run.Output(Rows, reader.OutFeatures);
        run.Backend.MatMul(reader, activated, output);
        return run.Read(output);
    }

    private static OpCase Attention(string name, Func<OpRun, WeightMatrix[]> parts) =>
        new($"norm, then q/k/v: {name}", run => Attention(run, parts(run), chooses: true)) { Roundings = 4 };

    private static OpCase Mlp(string name, Func<OpRun, WeightMatrix[]> gateUp, Func<OpRun, WeightMatrix> down) =>
        new($"norm, then MLP: {name}", run => Mlp(run, gateUp(run), down(run), chooses: true)) { Roundings = 8 };

    private static Tensor Norm(OpRun run, LinearWeight weight) => run.Floats(new Shape(weight.InFeatures), OpRun.Numbers(2, weight.InFeatures));

    private static float[] Bias(WeightMatrix[] parts) => OpRun.Numbers(9, parts.Sum(part => part.Rows));

    private static DenseMatrix Dense(OpRun run, int n, int k) => new(run.Host(new Shape(n, k), DType.F16, OpRun.Numbers(5, n * k, 0.1f)));

    private static QuantizedMatrix Awq(OpRun run, int seed) => MatMulCases.Matrix(run, seed, 128, 64, 4, 2, packing: CodePacking.AlongRowsInterleaved);
}
