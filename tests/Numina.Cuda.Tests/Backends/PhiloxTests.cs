using Numina.Cuda.Backends.Cpu;

namespace Numina.Cuda.Tests.Backends;

/// <summary>The known answers that come with the paper's reference code (Random123, kat_vectors, philox4x32 10).</summary>
[TestFixture]
internal sealed class PhiloxTests
{
    [TestCase(0u, 0u, 0u, 0u, 0ul, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [TestCase(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xfffffffffffffffful, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [TestCase(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0x299f31d0a4093822ul, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_are_the_known_ones(uint c0, uint c1, uint c2, uint c3, ulong key, uint w0, uint w1, uint w2, uint w3) =>
        Assert.That(Philox.Block(c0, c1, c2, c3, key), Is.EqualTo((w0, w1, w2, w3)));

    [Test]
    public void Noise_is_finite_and_bounded_at_both_ends()
    {
        Assert.That(Philox.Gumbel(0), Is.EqualTo(-Math.Log(24 * Math.Log(2))).Within(1e-6));
        Assert.That(Philox.Gumbel(uint.MaxValue), Is.EqualTo(24 * Math.Log(2)).Within(1e-5));
    }
}
