using System.CommandLine;
using System.CommandLine.Parsing;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Cli.Options;

/// <summary>The notebook's Config and the default profile's switches.</summary>
internal sealed record SolvingSettings
{
    public required int Samples { get; init; }

    public required int Rounds { get; init; }

    public required bool RestartOnFail { get; init; }

    /// <summary>The published notebook, bit for bit.</summary>
    public required bool Notebook { get; init; }

    public required int Restarts { get; init; }

    public required bool AcceptNoCode { get; init; }

    public required bool AcceptPrintedBox { get; init; }

    public required bool RestartHallucinated { get; init; }

    public required int OutputLimit { get; init; }

    /// <summary>Null: votes are taken as they are.</summary>
    public required int? Modulus { get; init; }

    public required SandboxMode Sandbox { get; init; }

    public SolvingProfile Profile => new(Notebook ? "notebook" : "default", Rounds, RestartOnFail);
}

/// <summary>The options behind <see cref="SolvingSettings"/>.</summary>
internal sealed class SolvingArguments
{
    private const int DemoSamples = 8;
    private const int NotebookSamples = 48;

    private readonly Option<int?> _samples = Opt.OptionalInt("--samples", $"Traces of each problem (M). [default: {NotebookSamples}; with the demo model {DemoSamples}]", 1);
    private readonly Option<int> _rounds = Opt.Int("--rounds", "Code rounds of a trace (N).", 4, 2);
    private readonly Option<bool> _restart = new("--restart-on-fail") { Description = "A failed trace starts again from the prompt; false: it ends.", DefaultValueFactory = _ => true };
    private readonly Option<string> _compat = Opt.Choice("--compat", "notebook: the published notebook, bit for bit; none: with its defects repaired.", "none", "none", "notebook");
    private readonly Option<int> _restarts = Opt.Int("--restarts", "Restarts of a trace that cost no round.", 0, 0);
    private readonly Option<bool> _acceptNoCode = Opt.Flag("--accept-no-code", "An answer counts although no code was run.");
    private readonly Option<bool> _acceptPrintedBox = Opt.Flag("--accept-printed-box", "A box that a program printed counts where the model gives no answer.");
    private readonly Option<bool> _restartHallucinated = Opt.Flag("--restart-hallucinated", "A trace that answers beside code that was not run starts again.");
    private readonly Option<int> _outputLimit = Opt.Int("--output-limit", "Characters of a program's output that the model reads.", 200, 1);
    private readonly Option<string> _modulus = new("--modulus") { Description = "Votes and answers are compared modulo this; none: as they are.", DefaultValueFactory = _ => "1000" };
    private readonly Option<string> _sandbox = Opt.Choice("--sandbox", "require: refuse to start without every layer of isolation.", "best", "require", "best", "none");

    public SolvingArguments(Command command)
    {
        _modulus.Validators.Add(CheckModulus);
        command.Add(_samples);
        command.Add(_rounds);
        command.Add(_restart);
        command.Add(_compat);
        command.Add(_restarts);
        command.Add(_acceptNoCode);
        command.Add(_acceptPrintedBox);
        command.Add(_restartHallucinated);
        command.Add(_outputLimit);
        command.Add(_modulus);
        command.Add(_sandbox);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="demo">No model is named.</param>
    public SolvingSettings Read(ParseResult parsed, bool demo) => new()
    {
        Samples = parsed.GetValue(_samples) ?? (demo ? DemoSamples : NotebookSamples),
        Rounds = parsed.GetValue(_rounds),
        RestartOnFail = parsed.GetValue(_restart),
        Notebook = parsed.GetValue(_compat) == "notebook",
        Restarts = parsed.GetValue(_restarts),
        AcceptNoCode = parsed.GetValue(_acceptNoCode),
        AcceptPrintedBox = parsed.GetValue(_acceptPrintedBox),
        RestartHallucinated = parsed.GetValue(_restartHallucinated),
        OutputLimit = parsed.GetValue(_outputLimit),
        Modulus = parsed.GetValue(_modulus) is "none" ? null : int.Parse(parsed.GetValue(_modulus)!),
        Sandbox = Enum.Parse<SandboxMode>(parsed.GetValue(_sandbox)!, ignoreCase: true),
    };

    private static void CheckModulus(OptionResult result)
    {
        if (result.Tokens is [var token] && token.Value != "none" && !(int.TryParse(token.Value, out int value) && value >= 1))
        {
            result.AddError($"--modulus: expected none or a whole number of at least 1, found \"{token.Value}\"");
        }
    }
}
