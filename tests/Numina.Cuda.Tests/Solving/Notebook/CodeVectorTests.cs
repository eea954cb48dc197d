using System.Text.Json;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Tests.Solving.Python;

namespace Numina.Cuda.Tests.Solving.Notebook;

/// <summary>execute_completion and process_code, with programs really run.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class CodeVectorTests
{
    private readonly Runners pool = new(async options => await PythonPool.StartAsync(options, CancellationToken.None));

    [OneTimeTearDown]
    public async Task Stop() => await pool.DisposeAsync();

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["execute_completion"])]
    public async Task Execute_completion(Vector vector)
    {
        StringWriter printed = new();
        NotebookExecutor executor = new(await pool.For(vector.Required().Id));
        JsonElement arguments = vector.Arguments;
        NotebookExecution result = await executor.RunAsync(
            arguments[0].GetString()!, arguments[1].GetBoolean(), arguments[2].GetBoolean(), printed, CancellationToken.None);
        string output = JsonSerializer.Serialize(result.Output);
        string shown = result.Status switch
        {
            NotebookStatus.NotAsked => output,
            NotebookStatus.Completion => $"[{output},{output}]",
            _ => $"[{output},{(result.Status == NotebookStatus.Succeeded ? "true" : "false")}]",
        };
        Assert.That(shown, Is.EqualTo(JsonSerializer.Serialize(vector.Ok)));
        Assert.That(printed.ToString(), Is.EqualTo(vector.Printed));
    }

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["process_code"])]
    public async Task Process_code(Vector vector)
    {
        StringWriter printed = new();
        NotebookStep step = new(new NotebookExecutor(await pool.For(vector.Required().Id)));
        JsonElement arguments = vector.Arguments;
        Task<NotebookStepResult> Call() =>
            step.ProcessAsync(SampleOf(arguments[0]), arguments[1].GetBoolean(), arguments[2].GetBoolean(), printed, CancellationToken.None);
        if (vector.Raised is { } expected)
        {
            PythonRaisedException raised = Assert.ThrowsAsync<PythonRaisedException>(Call)!;
            Assert.That($"{raised.Type}: {raised.Message}", Is.EqualTo(expected));
            return;
        }

        NotebookStepResult result = await Call();
        Assert.That(result.Sample, Is.EqualTo(SampleOf(vector.Ok)));
        Assert.That(printed.ToString(), Is.EqualTo(vector.Printed));
    }

    private static NotebookSample SampleOf(JsonElement sample) => new()
    {
        Text = sample.GetProperty("text").GetString()!,
        GenTexts = sample.GetProperty("gen_texts").GetString()!,
        ShouldPrune = sample.GetProperty("should_prune").GetBoolean(),
        ModelAnswers = sample.GetProperty("model_answers").GetString()!,
        HasCode = sample.GetProperty("has_code").GetBoolean(),
    };
}
