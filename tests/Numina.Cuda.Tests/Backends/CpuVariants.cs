using Numina.Cuda.Backends.Cpu;

namespace Numina.Cuda.Tests.Backends;

/// <summary>Every way the CPU backend can run on this machine.</summary>
internal static class CpuVariants
{
    public static IEnumerable<CpuOptions> All =>
        from set in Enum.GetValues<CpuInstructionSet>()
        where CpuBackend.IsSupported(set)
        from threads in new[] { 1, 2 }
        select new CpuOptions { InstructionSet = set, Threads = threads };
}
