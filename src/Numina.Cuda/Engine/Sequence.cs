namespace Numina.Cuda.Engine;

/// <summary>The tokens of one session and the pages that hold their keys and values. See <see cref="Sequences"/> for who may touch it.</summary>
internal sealed class Sequence
{
    private readonly IntList _tokens = new();
    private readonly IntList _writtenLengths = new();
    private readonly IntList _pages = new();

    /// <param name="age">Counts sequences as they are opened: the youngest has the highest.</param>
    /// <param name="prompt">The first tokens.</param>
    /// <param name="effectiveLength">See <see cref="WrittenLengths"/>.</param>
    public Sequence(long age, ReadOnlySpan<int> prompt, int effectiveLength)
    {
        Age = age;
        PromptLength = prompt.Length;
        Append(prompt, effectiveLength);
    }

    /// <summary>A sequence of the same tokens, without pages.</summary>
    public Sequence(long age, Sequence original)
    {
        Age = age;
        PromptLength = original.PromptLength;
        _tokens.Add(original._tokens.Span);
        _writtenLengths.Add(original._writtenLengths.Span);
    }

    public long Age { get; }

    public IntList Tokens => _tokens;

    /// <summary>For each token, the effective length of the sequence when it was written: what its rotary angles depend on besides the position.</summary>
    public IntList WrittenLengths => _writtenLengths;

    /// <summary>Page p holds tokens p * pageSize onwards. Empty before admission and after preemption.</summary>
    public IntList Pages => _pages;

    /// <summary>Tokens the sequence was opened with, as far as it still has them.</summary>
    public int PromptLength { get; private set; }

    /// <summary>Leading tokens whose keys and values are in <see cref="Pages"/>.</summary>
    public int Computed { get; set; }

    /// <summary>The most tokens ever computed: what is computed again below it was lost to preemption.</summary>
    public int ComputedBefore { get; set; }

    /// <summary>What is being generated; null while parked.</summary>
    public ActiveGeneration? Generation { get; set; }

    /// <summary>Its session is disposed.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Tokens to compute before the next can be drawn.</summary>
    public int Pending => _tokens.Count - Computed;

    public void Append(ReadOnlySpan<int> tokens, int effectiveLength)
    {
        _tokens.Add(tokens);
        _writtenLengths.Add(effectiveLength, tokens.Length);
    }

    /// <summary>Forgets the tokens behind the first <paramref name="count"/>, not the pages.</summary>
    public void Truncate(int count)
    {
        _tokens.Truncate(count);
        PromptLength = Math.Min(PromptLength, count);
        _writtenLengths.Truncate(count);
        Computed = Math.Min(Computed, count);
        ComputedBefore = Math.Min(ComputedBefore, count);
    }

    /// <summary>Leading tokens that both sequences have, written at equal effective lengths: their keys and values are the same.</summary>
    public int CommonPrefix(Sequence other) =>
        Math.Min(_tokens.Span.CommonPrefixLength(other._tokens.Span), _writtenLengths.Span.CommonPrefixLength(other._writtenLengths.Span));
}
