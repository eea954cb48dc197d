using System.Runtime.InteropServices;
using Numina.Cuda.Backends.Cuda;
using Numina.Cuda.Backends.Cuda.Kernels;
using Numina.Cuda.Tensors;
using Numina.Cuda.Tests.Cuda;
using Buffer = Numina.Cuda.Tensors.Buffer;

namespace Numina.Cuda.Tests.Kernels;

/// <summary>The helpers that kernels rest on against the same formulas here: the portable branch on the emulator, the asm on a GPU.</summary>
[TestFixture]
internal sealed class HelperTests
{
    private const int WordsEach = 13;

    private static readonly uint[] s_words =
    [
        0x00000000, 0x80000000, 0x3f800000, 0x477fe000, 0x477fefff, 0x477ff000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0x33000000, 0x33000001, 0x32ffffff, 0x38800000,
        0x387fc000, 0x387fe000, 0x3f801000, 0x3f803000, 0x3f808000, 0x3f818000, 0x3f808001, 0x00000001, 0x7f7fffff, 0x00000bff, 0x000007c0, 0x00003bff,
        .. Enumerable.Range(0, 38).Select(i => (uint)i * 2654435761u + 12345u),
    ];

    private static IEnumerable<string> Devices => ["sm_75", "sm_80", "sm_90", "Gpu"];

    [TestCaseSource(nameof(Devices))]
    public void Helpers_are_their_formulas_bit_by_bit(string device)
    {
        using var folder = new KernelFolder("selftest/helpers.cu", "helpers");
        var options = new CudaOptions { KernelDirectory = folder.Folder };
        using CudaBackend backend = device == "Gpu" ? CudaDevices.OpenGpu(options) : CudaDevices.OpenEmulated(new EmulatorMode(device, ("EMU_ARCH", device[3..])), options);
        (uint[] results, float[] products) = Run(backend);
        Assert.Multiple(() =>
        {
            for (int i = 0; i < s_words.Length; i++)
            {
                Check(i, results.AsSpan(WordsEach * i, WordsEach));
            }

            for (int matrix = 0; matrix < (backend.Device.HasBFloat16 ? 2 : 1); matrix++)
            {
                Assert.That(products[(128 * matrix)..(128 * matrix + 128)], Is.EqualTo(Products()), matrix == 0 ? "fp16 mma" : "bf16 mma");
            }
        });
    }

    private static (uint[] Results, float[] Products) Run(CudaBackend backend)
    {
        using Buffer input = backend.Allocate(s_words.Length * 4), output = backend.Allocate(s_words.Length * WordsEach * 4), products = backend.Allocate(1024);
        backend.Upload(input.View(DType.U32, new Shape(s_words.Length)), MemoryMarshal.AsBytes(s_words.AsSpan()));
        backend.Kernels.Get<HelpersParams>("helpers").Launch(new LaunchShape(1, 64), new HelpersParams { In = input.Pointer, Out = output.Pointer, Products = products.Pointer });
        uint[] results = new uint[s_words.Length * WordsEach];
        float[] sums = new float[256];
        backend.Download(MemoryMarshal.AsBytes(results.AsSpan()), output.View(DType.U32, new Shape(results.Length)));
        backend.Download(MemoryMarshal.AsBytes(sums.AsSpan()), products.View(DType.F32, new Shape(256)));
        return (results, sums);
    }

    private static void Check(int i, ReadOnlySpan<uint> actual)
    {
        uint v = s_words[i];
        float f = BitConverter.UInt32BitsToSingle(v);
        Half h = BitConverter.UInt16BitsToHalf((ushort)v);
        if (!Half.IsNaN(h))
        {
            Assert.That(actual[0], Is.EqualTo(BitConverter.SingleToUInt32Bits((float)h)), $"half to float of {v:x8}");
        }

        Assert.That(actual[1], Is.EqualTo(float.IsNaN(f) ? 0x7fffu : BitConverter.HalfToUInt16Bits((Half)f)), $"float to half of {v:x8}");
        Assert.That(actual[2], Is.EqualTo(float.IsNaN(f) ? 0x7fffu : (v + 0x7fff + (v >> 16 & 1)) >> 16), $"float to bfloat16 of {v:x8}");
        Assert.That(actual[3], Is.EqualTo(Halves((v & 255) - 256f, (v >> 16 & 255) - 256f)), $"subtract_halves of {v:x8}");
        Assert.That(actual[4], Is.EqualTo(Halves((v >> 16 & 255) - (float)i, (v >> 24) - (float)i)), $"fp16 codes of {v:x8}");
        Assert.That(actual[5], Is.EqualTo(BFloats((v >> 16 & 255) - (float)i, (v >> 24) - (float)i)), $"bf16 codes of {v:x8}");
        float[] own = [.. s_words.Select(word => (float)(word & 1023))];
        Assert.That(BitConverter.UInt32BitsToSingle(actual[6]), Is.EqualTo(own[(i / 32 * 32)..(i / 32 * 32 + 32)].Sum()), "warp_sum");
        Assert.That(BitConverter.UInt32BitsToSingle(actual[7]), Is.EqualTo(own.Sum()), "block_sum");
        Assert.That(BitConverter.UInt32BitsToSingle(actual[8]), Is.EqualTo(own.Max()), "block_max");
        uint[] random = Philox(v, (uint)i, 2, 3, 0x12345678, 0x9abcdef0);
        Assert.That(actual[9], Is.EqualTo(random[0]), "philox, first word");
        Assert.That(actual[10], Is.EqualTo(random[3]), "philox, last word");
        double gumbel = -Math.Log(-Math.Log(((v >> 9) + 0.5) / 8388608));
        Assert.That(BitConverter.UInt32BitsToSingle(actual[11]), Is.EqualTo(gumbel).Within(2e-6 * (1 + Math.Abs(gumbel)) + (gumbel > 8 ? 0.02 : 0)), $"gumbel of {v:x8}");
        int neighbour = (i + 1) % 64, word = neighbour % 16 * 4;
        Assert.That(actual[12], Is.EqualTo((neighbour % 3 != 0 ? s_words[word + 1] : 0) + s_words[word + 2]), $"copies of thread {neighbour}");
    }

    /// <summary>Salmon et al., SC 2011; checked against their published known answers in the test below.</summary>
    private static uint[] Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < 10; round++)
        {
            ulong a = 0xD2511F53UL * c0, b = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
            (k0, k1) = (k0 + 0x9E3779B9, k1 + 0xBB67AE85);
        }

        return [c0, c1, c2, c3];
    }

    [Test]
    public void Philox_here_gives_the_published_known_answers()
    {
        Assert.That(Philox(0, 0, 0, 0, 0, 0), Is.EqualTo(new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u }));
        Assert.That(
            Philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0), Is.EqualTo(new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u }));
    }

    private static float[] Products() => [.. Enumerable.Range(0, 128).Select(i =>
        0.5f + Enumerable.Range(0, 16).Sum(k => (float)(((i / 8 + 2 * k) % 7 - 3) * ((3 * k + i % 8) % 5 - 2))))];

    private static uint Halves(float low, float high) => BitConverter.HalfToUInt16Bits((Half)low) | (uint)BitConverter.HalfToUInt16Bits((Half)high) << 16;

    private static uint BFloats(float low, float high) => BitConverter.SingleToUInt32Bits(low) >> 16 | BitConverter.SingleToUInt32Bits(high) & 0xffff0000;
}
