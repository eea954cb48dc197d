namespace Numina.Cuda.Backends.Cpu;

/// <summary>Widths that the CPU kernels exist in. All give the same bits.</summary>
public enum CpuInstructionSet
{
    /// <summary>Portable 128-bit vectors: SSE and NEON.</summary>
    Vector128,

    /// <summary>256-bit vectors with fused multiply-add.</summary>
    Avx2,

    /// <summary>512-bit vectors.</summary>
    Avx512,
}

/// <summary>How the CPU backend runs.</summary>
public sealed record CpuOptions
{
    /// <summary>Threads that compute, the calling one included.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The instruction set to use; null takes the widest that the machine has.</summary>
    public CpuInstructionSet? InstructionSet { get; init; }
}
