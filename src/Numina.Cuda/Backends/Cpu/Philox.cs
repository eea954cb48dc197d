namespace Numina.Cuda.Backends.Cpu;

/// <summary>Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11): four random words as a pure function of counter and key.</summary>
internal static class Philox
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    public static (uint, uint, uint, uint) Block(uint c0, uint c1, uint c2, uint c3, ulong key)
    {
        (uint k0, uint k1) = ((uint)key, (uint)(key >> 32));
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0, product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>Standard Gumbel noise from a random word: 23 bits give u = (i + 1/2) / 2^23, which is exact and neither 0 nor 1.</summary>
    public static float Gumbel(uint word) => -MathF.Log(-MathF.Log(((word >> 9) + 0.5f) * (1f / (1 << 23))));
}
