namespace Numina.Cuda.Bench.Models;

/// <summary>What a model does while it is measured: steps of one token for each of some sequences, or the prompt of one sequence in one step.</summary>
/// <param name="Name">On the command line and in results.</param>
/// <param name="Sequences">In each step.</param>
/// <param name="Tokens">Of each sequence in each step.</param>
/// <param name="Steps">Measured at a time.</param>
/// <param name="Context">Tokens of a sequence in the middle of the measured steps; those before were computed beforehand.</param>
/// <param name="Shared">Of these, the first that are the same for all sequences, in pages that they share.</param>
internal sealed record ModelKind(string Name, int Sequences, int Tokens, int Steps, int Context, int Shared)
{
    private static readonly ModelKind[] s_all =
    [
        new("decode1", 1, 1, 128, 64, 0),
        new("decode8", 8, 1, 64, 16 + 32, 0),
        new("decode48", 48, 1, 16, 16 + 8, 0),
        // 48 traces of one problem: a prompt of 200 tokens that they share, 600 tokens of their own.
        new("decode48shared", 48, 1, 16, 200 + 600, 200),
        new("prefill512", 1, 512, 1, 256, 0),
        new("prefill2048", 1, 2048, 1, 1024, 0),
    ];

    /// <summary>A prompt, rather than single tokens.</summary>
    public bool IsPrefill => Tokens > 1;

    /// <summary>Tokens that a sequence has before the measured steps.</summary>
    public int Lead => Math.Max(0, Context - Tokens * Steps / 2);

    /// <summary>The most tokens of a sequence.</summary>
    public int Longest => Lead + Tokens * Steps;

    public static ModelKind Named(string name) =>
        s_all.FirstOrDefault(kind => kind.Name == name) ?? throw new ArgumentException($"unknown kind {name}: expected {string.Join(", ", s_all.Select(kind => kind.Name))}");

    /// <summary>The kinds to measure when none is asked for. The host's memory and patience are not made for the long ones.</summary>
    public static IEnumerable<ModelKind> Default(bool gpu) => s_all.Where(kind => gpu || kind.Name is not ("decode48shared" or "prefill2048"));

    /// <summary>A few steps only, where one takes long, after as many tokens.</summary>
    public ModelKind Briefly()
    {
        int steps = (Steps + 31) / 32;
        return this with { Steps = steps, Context = Lead + Tokens * steps / 2 };
    }

    /// <summary>The same with fewer sequences and tokens.</summary>
    public ModelKind DividedBy(int divisor) => this with
    {
        Sequences = (Sequences + divisor - 1) / divisor,
        Tokens = (Tokens + divisor - 1) / divisor,
        Context = (Context + divisor - 1) / divisor,
        Shared = (Shared + divisor - 1) / divisor,
    };
}
