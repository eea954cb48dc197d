using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>Turns a syntax tree into instructions.</summary>
internal sealed class PatternCompiler
{
    private const int InstructionLimit = 50_000;
    private readonly List<PatternInstruction> _code = [];
    private int _registers;

    public static PatternProgram Compile(PatternNode node)
    {
        PatternCompiler compiler = new();
        compiler.Emit(node);
        compiler.Add(new(PatternOperation.Accept));
        return new PatternProgram
        {
            Instructions = [.. compiler._code],
            Registers = compiler._registers,
            Entries = [.. Enumerable.Range(0, 128).Select(compiler.EntryOf)],
            First = FirstOf(node),
        };
    }

    private static CodePointSet? FirstOf(PatternNode node) => PatternFacts.First(node) is { } ranges ? new CodePointSet(ranges) : null;

    private ushort EntryOf(int point)
    {
        int pc = 0;
        while (_code[pc] is { Operation: PatternOperation.Fork, Set: { } first } fork && !first.Contains(point))
        {
            pc = fork.B;
        }

        return (ushort)pc;
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.Class set:
                Add(set.Ranges.Single is { } point ? new(PatternOperation.Char, point) : new(PatternOperation.Set, Set: new CodePointSet(set.Ranges)));
                break;
            case PatternNode.Sequence sequence:
                foreach (PatternNode item in sequence.Items)
                {
                    Emit(item);
                }

                break;
            case PatternNode.Alternation alternation:
                EmitAlternation(alternation.Branches);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            case PatternNode.Look look:
                (int min, int? max) = PatternFacts.Length(look.Body);
                PatternOperation operation = look.Behind
                    ? look.Negative ? PatternOperation.NotLookBehind : PatternOperation.LookBehind
                    : look.Negative ? PatternOperation.NotLookAhead : PatternOperation.LookAhead;
                PatternNode body = look.Behind ? new PatternNode.Sequence([look.Body, new PatternNode.Anchor(AnchorKind.BehindEnd)]) : look.Body;
                EmitInner(body, new(operation, Min: min, Max: max ?? int.MaxValue));
                break;
            case PatternNode.Atomic atomic:
                EmitInner(atomic.Body, new(PatternOperation.Atomic));
                break;
            case PatternNode.Anchor anchor:
                Add(new(PatternOperation.Anchor, (int)anchor.Kind));
                break;
            default:
                break;
        }
    }

    private void EmitInner(PatternNode body, PatternInstruction instruction)
    {
        int at = Add(instruction);
        Emit(body);
        Add(new(PatternOperation.Accept));
        _code[at] = instruction with { B = _code.Count };
    }

    private void EmitAlternation(IReadOnlyList<PatternNode> branches)
    {
        List<int> exits = [];
        for (int i = 0; i < branches.Count; i++)
        {
            int fork = i < branches.Count - 1 ? Add(new(PatternOperation.Fork)) : -1;
            Emit(branches[i]);
            if (fork >= 0)
            {
                exits.Add(Add(new(PatternOperation.Jump)));
                _code[fork] = new(PatternOperation.Fork, fork + 1, _code.Count, FirstOf(branches[i]));
            }
        }

        foreach (int exit in exits)
        {
            _code[exit] = new(PatternOperation.Jump, _code.Count);
        }
    }

    private void EmitRepeat(PatternNode.Repeat repeat)
    {
        if (repeat.Body is PatternNode.Class set)
        {
            PatternOperation operation = repeat.Kind switch
            {
                RepeatKind.Greedy => PatternOperation.GreedyLoop,
                RepeatKind.Lazy => PatternOperation.LazyLoop,
                _ => PatternOperation.PossessiveLoop,
            };
            Add(new(operation, Set: new CodePointSet(set.Ranges), Min: repeat.Min, Max: repeat.Max ?? int.MaxValue));
            return;
        }

        if (repeat.Kind == RepeatKind.Possessive)
        {
            EmitInner(repeat with { Kind = RepeatKind.Greedy }, new(PatternOperation.Atomic));
            return;
        }

        for (int i = 0; i < repeat.Min; i++)
        {
            Emit(repeat.Body);
        }

        if (repeat.Max is { } max)
        {
            EmitOptional(repeat, max - repeat.Min);
        }
        else
        {
            EmitUnbounded(repeat);
        }
    }

    /// <summary>Up to <paramref name="times"/> more of the body, each inside the one before.</summary>
    private void EmitOptional(PatternNode.Repeat repeat, int times)
    {
        CodePointSet? first = FirstOf(repeat.Body);
        List<int> forks = [];
        for (int i = 0; i < times; i++)
        {
            forks.Add(Add(new(PatternOperation.Fork)));
            Emit(repeat.Body);
        }

        foreach (int fork in forks)
        {
            _code[fork] = Fork(repeat.Kind, fork + 1, _code.Count, first);
        }
    }

    private void EmitUnbounded(PatternNode.Repeat repeat)
    {
        int fork = Add(new(PatternOperation.Fork));
        bool nullable = PatternFacts.Nullable(repeat.Body);
        int register = nullable ? _registers++ : -1;
        if (nullable)
        {
            Add(new(PatternOperation.MarkLoop, register));
        }

        Emit(repeat.Body);
        Add(nullable ? new(PatternOperation.ContinueLoop, register, fork) : new(PatternOperation.Jump, fork));
        _code[fork] = Fork(repeat.Kind, fork + 1, _code.Count, FirstOf(repeat.Body));
    }

    private static PatternInstruction Fork(RepeatKind kind, int body, int exit, CodePointSet? first) => kind == RepeatKind.Lazy
        ? new(PatternOperation.Fork, exit, body)
        : new(PatternOperation.Fork, body, exit, first);

    private int Add(PatternInstruction instruction)
    {
        if (_code.Count == InstructionLimit)
        {
            throw new PatternException($"a pattern that compiles to more than {InstructionLimit} instructions");
        }

        _code.Add(instruction);
        return _code.Count - 1;
    }
}
