using System.Text;
using CsCheck;
using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Tests.Text;

/// <summary>The four normalization forms: examples of Unicode Annex 15 and what holds for every text.</summary>
[TestFixture]
public sealed class UnicodeFormTests
{
    private const int Texts = 5000;

    // Text, NFC, NFD, NFKC, NFKD.
    [TestCase("\u212b", "\u00c5", "A\u030a", "\u00c5", "A\u030a")]
    [TestCase("\u1e0b\u0323", "\u1e0d\u0307", "d\u0323\u0307", "\u1e0d\u0307", "d\u0323\u0307")]
    [TestCase("q\u0307\u0323", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307", "q\u0323\u0307")]
    [TestCase("\ufb01", "\ufb01", "\ufb01", "fi", "fi")]
    [TestCase("2\u2075", "2\u2075", "2\u2075", "25", "25")]
    [TestCase("\u1e9b\u0323", "\u1e9b\u0323", "\u017f\u0323\u0307", "\u1e69", "s\u0323\u0307")]
    [TestCase("\ud55c", "\ud55c", "\u1112\u1161\u11ab", "\ud55c", "\u1112\u1161\u11ab")]
    [TestCase("\u0958", "\u0915\u093c", "\u0915\u093c", "\u0915\u093c", "\u0915\u093c")]
    public void Examples(string text, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.That(Normalize(text, compatible: false, compose: true), Is.EqualTo(nfc));
        Assert.That(Normalize(text, compatible: false, compose: false), Is.EqualTo(nfd));
        Assert.That(Normalize(text, compatible: true, compose: true), Is.EqualTo(nfkc));
        Assert.That(Normalize(text, compatible: true, compose: false), Is.EqualTo(nfkd));
    }

    [Test]
    public void Forms_of_forms_agree()
    {
        Gen<int> point = Gen.OneOf(Gen.Int[0x41, 0x7A], Gen.Int[0xC0, 0x24F], Gen.Int[0x300, 0x345], Gen.Int[0x1100, 0x11FF], Gen.Int[0xAC00, 0xD7A3], Gen.Int[0x1E00, 0x1FFF]);
        Gen<string> text = point.Array[0, 8].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));
        PCG random = new(3, 7);
        for (int i = 0; i < Texts; i++)
        {
            string original = text.Generate(random, null, out Size _);
            foreach (bool compatible in new[] { false, true })
            {
                string composed = Normalize(original, compatible, compose: true);
                string decomposed = Normalize(original, compatible, compose: false);
                Assert.That(Normalize(composed, compatible, compose: true), Is.EqualTo(composed));
                Assert.That(Normalize(decomposed, compatible, compose: false), Is.EqualTo(decomposed));
                Assert.That(Normalize(decomposed, compatible, compose: true), Is.EqualTo(composed));
                Assert.That(Normalize(composed, compatible, compose: false), Is.EqualTo(decomposed));
            }
        }
    }

    private static string Normalize(string text, bool compatible, bool compose)
    {
        NormalizedText work = new();
        work.AppendOriginal(text);
        new UnicodeFormNormalizer(compatible, compose).Normalize(work, new NormalizerScratch(new PatternMatcher()));
        return string.Concat(work.Points.ToArray().Select(point => new Rune(point).ToString()));
    }
}
