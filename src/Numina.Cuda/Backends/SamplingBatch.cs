namespace Numina.Cuda.Backends;

/// <summary>
/// Names the random stream of one generation. The Gumbel noise of a token is Philox4x32-10 with key = Seed and counter =
/// (token / 4, position, Trace | Generation &lt;&lt; 16, Problem), lane token % 4: a pure function, whatever else is in the batch.
/// </summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Problem">Number of the problem in the run.</param>
/// <param name="Trace">Index of the trace of the problem, below 65,536.</param>
/// <param name="Generation">Number of the generation in the trace, restarts included, below 65,536.</param>
public readonly record struct NoiseKey(ulong Seed, uint Problem, ushort Trace, ushort Generation);

/// <summary>How one row of logits becomes a token. Order of the steps: repetition penalty, temperature, min-p, top-k, top-p, softmax.</summary>
public readonly record struct SamplingRow
{
    /// <summary>0 takes the most probable token (lowest id on a tie) and draws no noise.</summary>
    public required float Temperature { get; init; }

    /// <summary>Keep the k largest and all that equal the k-th; 0 is off.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the smallest set of the most probable tokens that reaches this mass; 1 is off.</summary>
    public float TopP { get; init; }

    /// <summary>Keep tokens at least this fraction as probable as the best; 0 is off.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of the tokens in <see cref="History"/>; 1 is off.</summary>
    public float RepetitionPenalty { get; init; }

    /// <summary>Tokens the penalty sees, prompt included; each counts once.</summary>
    public ReadOnlyMemory<int> History { get; init; }

    /// <summary>Position of the token to be drawn: the number of tokens before it.</summary>
    public required int Position { get; init; }

    public required NoiseKey Noise { get; init; }
}

/// <summary>A drawn token and the natural logarithm of its probability under the raw logits at temperature 1.</summary>
public readonly record struct SampledToken(int Token, float LogProbability);
