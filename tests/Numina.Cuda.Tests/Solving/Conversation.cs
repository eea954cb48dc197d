using Numina.Cuda.Solving;

namespace Numina.Cuda.Tests.Solving;

/// <summary>Runs scripts through the default loop.</summary>
internal static class Conversation
{
    public const string Prompt = "### Problem: q\n### Solution: ";

    /// <summary>A code block whose output is asked for.</summary>
    public static string Code(string code) => $"```python\n{code}\n```\n```output\n";

    public static async Task<SolveResult> SolveAsync(SolverOptions options, params string[][] scripts) =>
        await SolveAsync(options, new StubPython(), Prompt, scripts);

    public static Task<SolveResult> SolveAsync(SolverOptions options, StubPython python, string prompt, params string[][] scripts) =>
        new Solver(new ScriptedTraceModel(scripts), python, options with { Samples = scripts.Length })
            .SolveAsync(new Problem("0", "q", prompt), observe: null, CancellationToken.None);

    /// <summary>One trace with default settings.</summary>
    public static async Task<TraceRecord> TraceAsync(params string[] script) => (await SolveAsync(new SolverOptions(), script)).Traces[0];

    /// <summary>One trace that ends where the notebook would restart.</summary>
    public static async Task<TraceRecord> TraceOnceAsync(params string[] script) =>
        (await SolveAsync(new SolverOptions { RestartOnFail = false }, script)).Traces[0];
}
