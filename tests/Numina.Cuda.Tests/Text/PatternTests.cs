using System.Text.RegularExpressions;
using CsCheck;
using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Tests.Text;

/// <summary>The regular expressions of tokenizer files, read as Oniguruma reads them.</summary>
[TestFixture]
public sealed class PatternTests
{
    private const int RandomPatterns = 20_000;

    // Expected matches worked out from Oniguruma's documentation.
    [TestCase(@"(?i:'s|'t)", "it's IT'S it'\u017f", "'s 'S '\u017f")]
    [TestCase(@"(?i)k", "kK\u212a", "k K \u212a")]
    [TestCase(@"(?i)[^k]", "kKx\u212aY", "x Y")]
    [TestCase(@"(?i)[j-l]+", "JKLM\u212a", "JKL \u212a")]
    [TestCase(@"(?i)\p{Lu}", "aB", "B")]
    [TestCase(@"(?i)\x61b", "AB aB", "AB aB")]
    [TestCase(@"a(?i)b|c", "ab aB C aC", "ab aB aC")]
    [TestCase(@"\s", "a\u0085b\u00a0c\u200bd\u3000", "\u0085 \u00a0 \u3000")]
    [TestCase(@"\w+", "a_1 \u0301x \u24b6-\u203f \u00b2", "a_1 \u0301x \u24b6 \u203f")]
    [TestCase(@"\d+", "12\u0663 \u00b2\u2167", "12\u0663")]
    [TestCase(@"\h+", "xfF0g", "fF0")]
    [TestCase(@"\p{Lu}\p{^Lu}", "ABc", "Bc")]
    [TestCase(@"\P{L}+", "a1!b", "1!")]
    [TestCase(@"\p{Uppercase_Letter}\p{lowercase letter}", "Ab", "Ab")]
    [TestCase(@"\p{Han}+|\p{hiragana}+", "\u6f22\u5b57\u3042x", "\u6f22\u5b57 \u3042")]
    [TestCase(@"[[:alpha:]]+", "ab\u03b11", "ab\u03b1")]
    [TestCase(@"[[:^alpha:]]", "a1", "1")]
    [TestCase(@"[a-z&&[^aeiou]]+", "abcde", "bcd")]
    [TestCase(@"[^a-y&&b-z]+", "abz", "a z")]
    [TestCase(@"[]a]+", "a]b", "a]")]
    [TestCase(@"[a\-z]+", "-ab", "-a")]
    [TestCase(@"[\x{1F600}-\x{1F64F}]", "a\ud83d\ude00b", "\ud83d\ude00")]
    [TestCase(@"^.", "ab\ncd\n", "a c")]
    [TestCase(@".$", "ab\ncd", "b d")]
    [TestCase(@"\s+$", "a  \nb ", "    ")]
    [TestCase(@"\Aa|a\z", "aba", "a a")]
    [TestCase(@"a\Z", "a\n", "a")]
    [TestCase(@"\bab\b", "ab xab ab", "ab ab")]
    [TestCase(@"a{,2}b", "aaab", "aab")]
    [TestCase(@"a{2}?b", "aab b", "aab b")]
    [TestCase(@"a{1,3}?b", "aaab", "aaab")]
    [TestCase(@"a{2,}", "a aa aaa", "aa aaa")]
    [TestCase(@"a{x", "a{x", "a{x")]
    [TestCase(@"a++a", "aaa", "")]
    [TestCase(@"(?>a+)b", "aab", "aab")]
    [TestCase(@"(?>a|ab)c", "abc", "")]
    [TestCase(@"a+?b?", "aab", "a ab")]
    [TestCase(@"(?<=a)b", "ab b", "b")]
    [TestCase(@"(?<!a)b", "ab b", "b")]
    [TestCase(@"(?<=a+)b", "aab", "b")]
    [TestCase(@"(?<=ab|b)c", "abc", "c")]
    [TestCase(@"\s+(?!\S)", "a   b", "  ")]
    [TestCase(@"\R", "\r\n\n", "\r\n \n")]
    [TestCase(@"(?<name>a)(b)", "ab", "ab")]
    [TestCase(@"a(?#comment)b", "ab", "ab")]
    [TestCase("(?x) a b # end", "ab", "ab")]
    [TestCase(@"(?m:.)+", "a\nb", "a\nb")]
    [TestCase(@"(?:a|b)*?c", "abc", "abc")]
    [TestCase(@"(a*)*b", "aab", "aab")]
    [TestCase(@"(?:)*a", "a", "a")]
    public void Patterns_match_as_in_oniguruma(string pattern, string text, string expected) =>
        Assert.That(string.Join(' ', Matches(pattern, text).Where(match => match.Length > 0)), Is.EqualTo(expected));

    [TestCase("a(")]
    [TestCase("a)")]
    [TestCase("[a")]
    [TestCase("[z-a]")]
    [TestCase("[[:nothing:]]")]
    [TestCase("*a")]
    [TestCase("a{3,2}")]
    [TestCase(@"\p{Nope}")]
    [TestCase(@"\p")]
    [TestCase(@"\q")]
    [TestCase(@"\")]
    [TestCase(@"(a)\1")]
    [TestCase(@"\k<a>")]
    [TestCase("(?~a)")]
    [TestCase("(?(1)a)")]
    [TestCase(@"\x{110000}")]
    [TestCase("(?i:\u00df)")]
    [TestCase("(?i:pass)")]
    [TestCase("(?i:[\u00dfx])")]
    [TestCase(@"(?i:f\x69)")]
    [TestCase("(?:ab){1000}{1000}")]
    public void What_cannot_be_translated_is_refused(string pattern) => Assert.That(() => Matches(pattern, "a"), Throws.TypeOf<PatternException>());

    /// <summary>On a syntax that both have, .NET's own engine is the judge.</summary>
    [Test]
    public void Random_patterns_match_as_in_the_runtime()
    {
        Gen<string> atom = Gen.OneOf("a", "b", "[ab]", "[^a]", ".", "$", @"\n", @"\b", "(?=a)", "(?!b)", "(?<=a)", "(?<!b)", "");
        Gen<string> repeat = Gen.OneOf("", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?");
        Gen<string> item = Gen.Select(atom, repeat, (a, r) => a.Length == 0 || a[0] == '(' || a is "$" or @"\b" ? a : a + r);
        Gen<string> sequence = item.Array[1, 3].Select(string.Concat);
        // Repetition of what may be empty is left out: there .NET fails where it should match, or overflows its stack.
        Gen<string> branch = Gen.Select(Gen.OneOf("a", "b", "[ab]", "[^a]"), sequence, (first, rest) => first + rest);
        Gen<string> group = Gen.Select(branch, branch, Gen.OneOf("(?:", "(?>"), repeat, (a, b, open, r) => $"{open}{a}|{b}){r}");
        Gen<string> look = Gen.Select(sequence, sequence, Gen.OneOf("(?=", "(?!", "(?<="), (a, b, open) => $"{open}{a}|{b})");
        Gen<string> pattern = Gen.OneOf(sequence, group, look).Array[1, 3].Select(string.Concat);
        Gen<string> text = Gen.OneOf('a', 'b', '\n', 'c').Array[0, 8].Select(letters => new string(letters));
        PCG random = new(2, 42);
        for (int i = 0; i < RandomPatterns; i++)
        {
            string p = pattern.Generate(random, null, out Size _);
            string t = text.Generate(random, null, out Size _);
            Assert.That(Matches(p, t), Is.EqualTo(RuntimeMatches(p, t)), $"pattern {p}, text {t.Replace("\n", "\\n", StringComparison.Ordinal)}");
        }
    }

    private static List<string> Matches(string pattern, string text)
    {
        PatternProgram program = PatternCompiler.Compile(PatternParser.Parse(pattern));
        NormalizedText points = new();
        points.AppendOriginal(text);
        MatchList matches = new();
        new PatternMatcher().FindMatches(program, points.Points, matches);
        List<string> found = [];
        int covered = 0;
        foreach (TextMatch match in matches.Items)
        {
            Assert.That(match.Start, Is.EqualTo(covered), "ranges cover the text");
            covered = match.End;
            if (match.IsMatch)
            {
                found.Add(string.Concat(points.Points[match.Start..match.End].ToArray().Select(char.ConvertFromUtf32)));
            }
        }

        Assert.That(covered, Is.EqualTo(points.Length));
        return found;
    }

    /// <summary>.NET also gives an empty match right after another match, which Oniguruma's iterator does not.</summary>
    private static List<string> RuntimeMatches(string pattern, string text)
    {
        List<string> found = [];
        int end = -1;
        foreach (Match match in Regex.Matches(text, pattern, RegexOptions.Multiline))
        {
            if (match.Length > 0 || match.Index != end)
            {
                found.Add(match.Value);
            }

            end = match.Index + match.Length;
        }

        return found;
    }
}
