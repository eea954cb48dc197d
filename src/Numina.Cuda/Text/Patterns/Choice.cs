namespace Numina.Cuda.Text.Patterns;

/// <summary>What backtracking does when it comes back to a <see cref="Choice"/>.</summary>
internal enum ChoiceKind
{
    Resume,
    GiveBack,
    TakeMore,
    RestoreRegister,
}

/// <summary>A point that matching may come back to. Pc is an instruction, or a register to restore; the meaning of Limit depends on the kind.</summary>
internal readonly record struct Choice(ChoiceKind Kind, int Pc, int Position, int Limit);
