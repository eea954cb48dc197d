namespace Numina.Cuda.Text.Chat.Jinja;

/// <summary>What the parser must remember across constructs: how deep it is, which names a macro reads, which filters are unknown.</summary>
internal sealed class ParserContext(int nestingLimit)
{
    private readonly Stack<HashSet<string>> _macroReads = new();
    private List<ChatTemplateException> _unknown = [];
    private int _depth;

    /// <summary>Loops around the current statement within the current macro.</summary>
    public int Loops { get; set; }

    public int UnknownCount => _unknown.Count;

    public Level Enter(TokenStream stream)
    {
        if (++_depth > nestingLimit)
        {
            throw stream.FailLimit($"more than {nestingLimit} nested expressions and blocks");
        }

        return new Level(this);
    }

    public void Read(string name)
    {
        if (_macroReads.TryPeek(out HashSet<string>? reads))
        {
            reads.Add(name);
        }
    }

    public void BeginMacro() => _macroReads.Push([]);

    /// <summary>The names read since <see cref="BeginMacro"/>, which the macro around reads too.</summary>
    public HashSet<string> EndMacro()
    {
        HashSet<string> reads = _macroReads.Pop();
        if (_macroReads.TryPeek(out HashSet<string>? outer))
        {
            outer.UnionWith(reads);
        }

        return reads;
    }

    /// <summary>Notes an unknown filter or test: an error now, unless it stands in a branch, where it is one only when reached.</summary>
    public void AddUnknown(ChatTemplateException fault) => _unknown.Add(fault);

    public void ForgetUnknown(int count) => _unknown.RemoveRange(count, _unknown.Count - count);

    /// <summary>Parses a body in which unknown names are errors even if a branch is around it.</summary>
    public T Strict<T>(Func<T> parse)
    {
        List<ChatTemplateException> around = _unknown;
        _unknown = [];
        T result = parse();
        if (_unknown.Count > 0)
        {
            throw _unknown[0];
        }

        _unknown = around;
        return result;
    }

    private void Leave() => _depth--;

    internal readonly struct Level(ParserContext context) : IDisposable
    {
        public void Dispose() => context.Leave();
    }
}
