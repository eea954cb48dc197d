namespace Numina.Cuda.Tests.Cuda;

/// <summary>How the emulator runs kernels.</summary>
/// <param name="Name">In test names.</param>
/// <param name="Options">Its options that differ from the defaults.</param>
internal sealed record EmulatorMode(string Name, params (string Name, string Value)[] Options)
{
    public static EmulatorMode Plain { get; } = new("plain");

    /// <summary>For whole models.</summary>
    public static EmulatorMode Fast { get; } = new("two workers", ("EMU_WORKERS", "2"));

    public static EmulatorMode Reverse { get; } = new("reverse order, zero fill", ("EMU_ORDER", "reverse"), ("EMU_FILL", "0"));

    public static EmulatorMode Shuffled { get; } = new("shuffled order", ("EMU_ORDER", "shuffle"), ("EMU_FILL", "90"), ("EMU_SEED", "7"));

    public static EmulatorMode Lazy { get; } = new("lazy stream, two workers", ("EMU_LAZY", "1"), ("EMU_WORKERS", "2"));

    public static EmulatorMode Turing { get; } = new("sm_75, hardware sums", ("EMU_ARCH", "75"), ("EMU_MMA", "hardware"));

    public static EmulatorMode Hopper { get; } = new("sm_90, hardware sums", ("EMU_ARCH", "90"), ("EMU_MMA", "hardware"));

    public static EmulatorMode Checked { get; } = new("checked accesses", ("EMU_CHECK", "1"));

    public static EmulatorMode Undefined { get; } = new("undefined behaviour", ("EMU_UB", "1"));

    public static IEnumerable<EmulatorMode> All => [Plain, Reverse, Shuffled, Lazy, Turing, Hopper, Checked, Undefined];

    public bool HasBFloat16 => !Options.Contains(("EMU_ARCH", "75"));

    /// <summary>Modes that compile alike share compiled kernels.</summary>
    public string CacheKey => string.Join('-', Options.Where(option => option.Name is "EMU_CHECK" or "EMU_UB").Select(option => option.Name.ToLowerInvariant()).DefaultIfEmpty("plain"));

    public override string ToString() => Name;
}
