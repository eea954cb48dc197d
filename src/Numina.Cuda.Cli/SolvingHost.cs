using Numina.Cuda.Cli.Options;
using Numina.Cuda.Solving;
using Numina.Cuda.Solving.Notebook;
using Numina.Cuda.Solving.Python;
using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Cli;

/// <summary>A model, a Python pool and the solver over both.</summary>
internal sealed class SolvingHost : IAsyncDisposable
{
    /// <summary>Programs at once: a hanging one must not keep the others waiting, and a process is made only when it is needed.</summary>
    private const int MostPrograms = 48;

    private readonly LoadedModel _model;
    private readonly ISandboxedPython _python;
    private readonly ChatTemplate _template;

    private SolvingHost(LoadedModel model, ISandboxedPython python, ISolver solver) =>
        (_model, _python, Solver, _template) = (model, python, solver, model.Template());

    public ISolver Solver { get; }

    /// <summary>Tokens drawn so far.</summary>
    public long TokensWritten => _model.Engine.Metrics.DecodedTokens;

    /// <summary>A statement as the model reads it, up to where it begins to write.</summary>
    public string Prompt(string problem) =>
        _template.Render(new ChatRequest { Messages = [new ChatMessage("user", problem)], AddGenerationPrompt = true });

    /// <summary>Starts Python while the model loads.</summary>
    public static async Task<SolvingHost> OpenAsync(
        ModelSettings model, SolvingSettings solving, SamplingSettings sampling, int problemsAtOnce, Action<string> say, CancellationToken cancel)
    {
        int traces = solving.Samples * problemsAtOnce;
        Task<ISandboxedPython> starting = SandboxedPython.StartAsync(PoolOptions(solving, traces), cancel);
        LoadedModel? loaded = null;
        try
        {
            loaded = await Task.Run(() => LoadedModel.Open(model, traces, say), cancel);
            ISandboxedPython python = await starting;
            say(python.Sandbox.Summary);
            return new SolvingHost(loaded, python, CreateSolver(loaded, python, solving, sampling, LoadedModel.Folder(model)));
        }
        catch
        {
            await (loaded?.DisposeAsync() ?? ValueTask.CompletedTask);
            await DisposeWhenStartedAsync(starting);
            throw;
        }
    }

    /// <summary>The default profile's options, but for the sampler's.</summary>
    public static SolverOptions OptionsOf(SolvingSettings solving) => new()
    {
        Samples = solving.Samples,
        Rounds = solving.Rounds,
        RestartOnFail = solving.RestartOnFail,
        FreeRestarts = solving.Restarts,
        AcceptNoCode = solving.AcceptNoCode,
        AcceptPrintedBox = solving.AcceptPrintedBox,
        RestartHallucinated = solving.RestartHallucinated,
        OutputLimit = solving.OutputLimit,
        Modulus = solving.Modulus,
    };

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        await _python.DisposeAsync();
    }

    private static PythonPoolOptions PoolOptions(SolvingSettings solving, int traces) =>
        new() { Sandbox = solving.Sandbox, Workers = Math.Min(traces, MostPrograms) };

    private static ISolver CreateSolver(LoadedModel model, ISandboxedPython python, SolvingSettings solving, SamplingSettings sampling, string modelId)
    {
        var writer = new EngineTraceModel(model.Engine, model.Tokenizer, new TraceSampling
        {
            Seed = sampling.Seed,
            Temperature = sampling.Temperature,
            TopK = sampling.TopK,
            TopP = sampling.TopP,
            MinP = sampling.MinP,
            RepetitionPenalty = sampling.RepetitionPenalty,
        });
        return solving.Notebook
            ? new NotebookSolver(writer, python, new NotebookConfig
            {
                ModelId = modelId,
                NumSamples = solving.Samples,
                NumGenerations = solving.Rounds,
                RestartOnFail = solving.RestartOnFail,
                Temperature = sampling.Temperature,
                MaxNewTokens = sampling.MaxNewTokens,
            })
            : new Solver(writer, python, OptionsOf(solving) with { MaxNewTokens = sampling.MaxNewTokens });
    }

    /// <summary>The pool's own failure was, or will be, told by the task that the caller awaits; here only its processes matter.</summary>
    private static async Task DisposeWhenStartedAsync(Task<ISandboxedPython> starting)
    {
        await starting.ContinueWith(_ => { }, TaskScheduler.Default);
        if (starting.IsCompletedSuccessfully)
        {
            await starting.Result.DisposeAsync();
        }
    }
}
