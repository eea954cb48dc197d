using System.Globalization;

namespace Numina.Cuda.Text.Unicode;

/// <summary>
/// Character properties as sets: general categories from the runtime's own tables (no ICU), and what is derived from them. White space, word characters and
/// numbers are those of Oniguruma and of Rust's standard library, which Hugging Face's tokenizers use.
/// </summary>
internal static class UnicodeProperties
{
    private static readonly CodePointRanges[] Categories = ReadCategories();

    public static CodePointRanges WhiteSpace { get; } = CodePointRanges.OfPairs(
        (0x09, 0x0D), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    public static CodePointRanges Letter { get; } = Of("L");

    public static CodePointRanges Mark { get; } = Of("M");

    public static CodePointRanges Number { get; } = Of("N");

    public static CodePointRanges DecimalDigit { get; } = Of(UnicodeCategory.DecimalDigitNumber);

    /// <summary>Oniguruma's \w. The four ranges are the alphabetic characters outside letters, marks and letter numbers: circled and squared Latin letters.</summary>
    public static CodePointRanges Word { get; } = Letter.Union(Mark).Union(DecimalDigit)
        .Union(Of(UnicodeCategory.LetterNumber))
        .Union(Of(UnicodeCategory.ConnectorPunctuation))
        .Union(CodePointRanges.OfPairs((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)));

    /// <summary>The \w of Rust's regex, which counts the two joiners as well.</summary>
    public static CodePointRanges RustWord { get; } = Word.Union(CodePointRanges.Between(0x200C, 0x200D));

    public static CodePointRanges Of(UnicodeCategory category) => Categories[(int)category];

    /// <summary>A general category by its one- or two-letter name, such as <c>L</c> or <c>Lu</c>.</summary>
    public static CodePointRanges Of(string shortName)
    {
        CodePointRanges result = CodePointRanges.Empty;
        for (int i = 0; i < ShortNames.Length; i++)
        {
            result = ShortNames[i].StartsWith(shortName, StringComparison.Ordinal) ? result.Union(Categories[i]) : result;
        }

        return result;
    }

    /// <summary>In the order of <see cref="UnicodeCategory"/>.</summary>
    public static ReadOnlySpan<string> ShortNames => new[]
    {
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm",
        "Sc", "Sk", "So", "Cn",
    };

    private static CodePointRanges[] ReadCategories()
    {
        List<(int, int)>[] ranges = [.. Enumerable.Range(0, 30).Select(_ => new List<(int, int)>())];
        int start = 0;
        UnicodeCategory current = CharUnicodeInfo.GetUnicodeCategory(0);
        for (int point = 1; point <= CodePointRanges.Limit; point++)
        {
            UnicodeCategory next = point < CodePointRanges.Limit ? CharUnicodeInfo.GetUnicodeCategory(point) : (UnicodeCategory)(-1);
            if (next != current)
            {
                ranges[(int)current].Add((start, point - 1));
                (start, current) = (point, next);
            }
        }

        return [.. ranges.Select(list => CodePointRanges.OfPairs([.. list]))];
    }
}
