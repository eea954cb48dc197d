namespace Numina.Cuda.Solving;

/// <summary>The default profile's settings. Where a switch is off, the published notebook's choice holds; see docs/sc-tir.md.</summary>
public sealed record SolverOptions
{
    /// <summary>Width M: traces of one problem.</summary>
    public int Samples { get; init; } = 48;

    /// <summary>Depth N: code rounds of one trace. One short generation for the answer follows the last.</summary>
    public int Rounds { get; init; } = 4;

    /// <summary>A failed trace starts again from the prompt, which costs one round, instead of ending.</summary>
    public bool RestartOnFail { get; init; } = true;

    /// <summary>Restarts of a trace that cost nothing: the rounds of the failed attempt are given back.</summary>
    public int FreeRestarts { get; init; }

    /// <summary>An answer counts although no code was written.</summary>
    public bool AcceptNoCode { get; init; }

    /// <summary>A box printed by the program counts where the model gives no answer of its own.</summary>
    public bool AcceptPrintedBox { get; init; }

    /// <summary>A trace that answers beside code that was never run is restarted; otherwise it ends without a vote.</summary>
    public bool RestartHallucinated { get; init; }

    /// <summary>Code points of a program's output that the model reads.</summary>
    public int OutputLimit { get; init; } = 200;

    /// <summary>Votes are taken modulo this; null takes them as they are.</summary>
    public int? Modulus { get; init; } = 1000;

    /// <summary>Tokens of one generation.</summary>
    public int MaxNewTokens { get; init; } = 2048;

    /// <summary>Tokens of the generation behind the last code round, in which nothing but the answer is wanted.</summary>
    public int AnswerTokens { get; init; } = 256;

    /// <exception cref="ArgumentException">One line that names the setting, what it must be and what it is.</exception>
    public void Validate()
    {
        Require(Samples >= 1, "samples", "at least 1", Samples);
        Require(Rounds >= 2, "rounds", "at least 2 (code, then an answer)", Rounds);
        Require(FreeRestarts >= 0, "restarts", "at least 0", FreeRestarts);
        Require(OutputLimit >= 1, "output-limit", "at least 1", OutputLimit);
        Require(Modulus is null or >= 1, "modulus", "none or at least 1", Modulus ?? 0);
        Require(MaxNewTokens >= 1, "max-new-tokens", "at least 1", MaxNewTokens);
        Require(AnswerTokens >= 1, "answer-tokens", "at least 1", AnswerTokens);
    }

    private static void Require(bool holds, string name, string expected, int found)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name}: expected {expected}, found {found}");
        }
    }
}
