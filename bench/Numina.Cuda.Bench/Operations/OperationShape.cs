using Numina.Cuda.Bench.Models;
using Numina.Cuda.Weights;

namespace Numina.Cuda.Bench.Operations;

/// <summary>The extents that single operations are measured with: a model's, and those of the steps that it is made for.</summary>
/// <param name="Config">Widths and heads.</param>
/// <param name="Rows">Rows of a matmul's input.</param>
/// <param name="Sequences">Of a decode step.</param>
/// <param name="Shared">Tokens that its sequences share.</param>
/// <param name="Context">Tokens of each, shared ones included.</param>
/// <param name="Prompt">Tokens of a prefill step.</param>
internal sealed record OperationShape(ModelConfig Config, IReadOnlyList<int> Rows, int Sequences, int Shared, int Context, int Prompt)
{
    /// <summary>Tokens a page of the key-value cache holds.</summary>
    public const int PageSize = 16;

    /// <summary>The most rows whose logits are computed in one step.</summary>
    public const int MostLogitRows = 64;

    private static readonly int[] s_gpuRows = [1, 8, 16, 48, 64, 512, 2048], s_hostRows = [1, 2, 4, 8, 12, 48, 512], s_fewRows = [1, 16];

    public static OperationShape For(BenchOptions options, bool gpu)
    {
        ModelShape model = ModelShape.Named(options.Shape ?? (gpu ? "numina-7b" : "1b"));
        ModelKind decode = ModelKind.Named("decode48shared"), prefill = ModelKind.Named("prefill2048").DividedBy(model.Divisor);
        // Lengths stay as they are: a short prefix would take none of the paths of a shared one.
        int sequences = decode.DividedBy(model.Divisor).Sequences;
        IReadOnlyList<int> rows = options.Rows.Count > 0 ? options.Rows : model.Divisor > 1 ? s_fewRows : gpu ? s_gpuRows : s_hostRows;
        return new OperationShape(model.Config, rows, sequences, decode.Shared, decode.Context, prefill.Tokens);
    }
}
