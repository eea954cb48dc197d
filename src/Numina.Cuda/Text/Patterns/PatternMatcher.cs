using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Patterns;

/// <summary>
/// Runs a <see cref="PatternProgram"/> by backtracking over an explicit stack, with Oniguruma's meaning of anchors and of empty matches. Reusable, allocates
/// nothing once its stack has grown; not thread safe.
/// </summary>
internal sealed class PatternMatcher
{
    private const long BacktrackLimit = 20_000_000;
    private const long BacktracksPerPoint = 64;
    private Choice[] _choices = new Choice[64];
    private int _depth;
    private int[] _registers = [];
    private long _backtracks;
    private PatternInstruction[] _code = [];
    private int _searchStart;
    private int _behindEnd;

    /// <summary>Adds every match of the program and the text between matches, in order.</summary>
    public void FindMatches(PatternProgram program, ReadOnlySpan<int> text, MatchList matches)
    {
        if (_registers.Length < program.Registers)
        {
            _registers = new int[program.Registers];
        }

        _code = program.Instructions;
        _backtracks = BacktrackLimit + (BacktracksPerPoint * text.Length);
        int previous = 0;
        int lastEnd = -1;
        _searchStart = 0;
        while (_searchStart <= text.Length && Search(program, text, _searchStart) is (>= 0 and var start, var end))
        {
            if (start == end && end == lastEnd)
            {
                // An empty match right after a match is not taken; the search goes on one code point further.
                _searchStart++;
                continue;
            }

            (_searchStart, lastEnd) = (end, end);
            matches.AddGap(previous, start);
            matches.Add(start, end, isMatch: true);
            previous = end;
        }

        matches.AddGap(previous, text.Length);
    }

    private (int Start, int End) Search(PatternProgram program, ReadOnlySpan<int> text, int from)
    {
        for (int start = from; start <= text.Length; start++)
        {
            if (program.First is { } first)
            {
                while (start < text.Length && !first.Contains(text[start]))
                {
                    start++;
                }

                if (start >= text.Length)
                {
                    break;
                }
            }

            _depth = 0;
            int entry = start < text.Length && text[start] < program.Entries.Length ? program.Entries[text[start]] : 0;
            int end = Run(entry, text, start);
            if (end >= 0)
            {
                return (start, end);
            }
        }

        return (-1, -1);
    }

    /// <summary>The end of the first match in order of preference that starts at <paramref name="position"/>, or -1.</summary>
    private int Run(int pc, ReadOnlySpan<int> text, int position)
    {
        int floor = _depth;
        while (true)
        {
            ref readonly PatternInstruction instruction = ref _code[pc];
            bool matched = true;
            switch (instruction.Operation)
            {
                case PatternOperation.Char:
                    matched = position < text.Length && text[position++] == instruction.A;
                    pc++;
                    break;
                case PatternOperation.Set:
                    matched = position < text.Length && instruction.Set!.Contains(text[position++]);
                    pc++;
                    break;
                case PatternOperation.GreedyLoop or PatternOperation.PossessiveLoop:
                    matched = Loop(in instruction, pc, text, ref position);
                    pc++;
                    break;
                case PatternOperation.LazyLoop:
                    matched = LazyLoop(in instruction, pc, text, ref position);
                    pc++;
                    break;
                case PatternOperation.Fork:
                    pc = ChooseBranch(in instruction, text, position);
                    break;
                case PatternOperation.Jump:
                    pc = instruction.A;
                    break;
                case PatternOperation.MarkLoop:
                    Push(new(ChoiceKind.RestoreRegister, instruction.A, _registers[instruction.A], 0));
                    _registers[instruction.A] = position;
                    pc++;
                    break;
                case PatternOperation.ContinueLoop:
                    pc = _registers[instruction.A] == position ? pc + 1 : instruction.B;
                    break;
                case PatternOperation.Anchor:
                    matched = PatternAnchors.Holds((AnchorKind)instruction.A, text, position, _searchStart, _behindEnd);
                    pc++;
                    break;
                case PatternOperation.Accept:
                    _depth = floor;
                    return position;
                default:
                    matched = RunInner(in instruction, pc, text, ref position);
                    pc = instruction.B;
                    break;
            }

            if (!matched && !Backtrack(floor, text, ref pc, ref position))
            {
                return -1;
            }
        }
    }

    private bool Loop(in PatternInstruction loop, int pc, ReadOnlySpan<int> text, ref int position)
    {
        CodePointSet set = loop.Set!;
        int end = text.Length - position <= loop.Max ? text.Length : position + loop.Max;
        int at = position;
        while (at < end && set.Contains(text[at]))
        {
            at++;
        }

        int least = position + loop.Min;
        if (at - position < loop.Min)
        {
            return false;
        }

        if (at > least && loop.Operation == PatternOperation.GreedyLoop)
        {
            Push(new(ChoiceKind.GiveBack, pc + 1, at - 1, least));
        }

        position = at;
        return true;
    }

    private bool LazyLoop(in PatternInstruction loop, int pc, ReadOnlySpan<int> text, ref int position)
    {
        for (int i = 0; i < loop.Min; i++, position++)
        {
            if (position >= text.Length || !loop.Set!.Contains(text[position]))
            {
                return false;
            }
        }

        if (loop.Max > loop.Min)
        {
            Push(new(ChoiceKind.TakeMore, pc, position, loop.Max - loop.Min));
        }

        return true;
    }

    private int ChooseBranch(in PatternInstruction fork, ReadOnlySpan<int> text, int position)
    {
        if (fork.Set != null && (position >= text.Length || !fork.Set.Contains(text[position])))
        {
            return fork.B;
        }

        Push(new(ChoiceKind.Resume, fork.B, position, 0));
        return fork.A;
    }

    private bool RunInner(in PatternInstruction instruction, int pc, ReadOnlySpan<int> text, ref int position)
    {
        switch (instruction.Operation)
        {
            case PatternOperation.LookAhead:
                return Run(pc + 1, text, position) >= 0;
            case PatternOperation.NotLookAhead:
                return Run(pc + 1, text, position) < 0;
            case PatternOperation.LookBehind:
                return LooksBack(in instruction, pc + 1, text, position);
            case PatternOperation.NotLookBehind:
                return !LooksBack(in instruction, pc + 1, text, position);
            default:
                int end = Run(pc + 1, text, position);
                position = end >= 0 ? end : position;
                return end >= 0;
        }
    }

    /// <summary>Whether some start before <paramref name="position"/> gives a match that ends exactly there.</summary>
    private bool LooksBack(in PatternInstruction instruction, int pc, ReadOnlySpan<int> text, int position)
    {
        int outer = _behindEnd;
        _behindEnd = position;
        bool found = false;
        long first = position - (long)instruction.Min;
        long last = Math.Max(0, position - (long)instruction.Max);
        for (long start = first; start >= last && !found; start--)
        {
            found = Run(pc, text, (int)start) >= 0;
        }

        _behindEnd = outer;
        return found;
    }

    private bool Backtrack(int floor, ReadOnlySpan<int> text, ref int pc, ref int position)
    {
        if (--_backtracks < 0)
        {
            throw new TokenizerException($"a pattern of the tokenizer backtracked more than {BacktrackLimit} times on a text of {text.Length} characters");
        }

        while (_depth > floor)
        {
            ref Choice choice = ref _choices[_depth - 1];
            switch (choice.Kind)
            {
                case ChoiceKind.RestoreRegister:
                    _registers[choice.Pc] = choice.Position;
                    _depth--;
                    continue;
                case ChoiceKind.Resume:
                    (pc, position) = (choice.Pc, choice.Position);
                    _depth--;
                    return true;
                case ChoiceKind.GiveBack:
                    (pc, position) = (choice.Pc, choice.Position);
                    choice = choice with { Position = position - 1 };
                    _depth -= position == choice.Limit ? 1 : 0;
                    return true;
                default:
                    if (TakesMore(ref choice, text))
                    {
                        (pc, position) = (choice.Pc + 1, choice.Position);
                        return true;
                    }

                    _depth--;
                    continue;
            }
        }

        return false;
    }

    private bool TakesMore(ref Choice choice, ReadOnlySpan<int> text)
    {
        if (choice.Limit == 0 || choice.Position >= text.Length || !_code[choice.Pc].Set!.Contains(text[choice.Position]))
        {
            return false;
        }

        choice = choice with { Position = choice.Position + 1, Limit = choice.Limit - 1 };
        return true;
    }

    private void Push(Choice choice)
    {
        if (_depth == _choices.Length)
        {
            Array.Resize(ref _choices, _depth * 2);
        }

        _choices[_depth++] = choice;
    }
}
