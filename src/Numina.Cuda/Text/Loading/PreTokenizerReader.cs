using Numina.Cuda.Text.Patterns;
using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.PreTokenizers;
using Numina.Cuda.Text.Unicode;

namespace Numina.Cuda.Text.Loading;

/// <summary>Builds the pre-tokenizer of a tokenizer.json.</summary>
internal static class PreTokenizerReader
{
    private static readonly CodePointRanges AsciiPunctuation = CodePointRanges.OfPairs(('!', '/'), (':', '@'), ('[', '`'), ('{', '~'));

    // The reference's table of punctuation is that of Unicode 14.
    private static readonly CodePointRanges LaterPunctuation = CodePointRanges.OfPairs(
        (0x1B4E, 0x1B4F), (0x1B7F, 0x1B7F), (0x10D6E, 0x10D6E), (0x113D4, 0x113D5), (0x113D7, 0x113D8), (0x11B00, 0x11B09), (0x11BE1, 0x11BE1),
        (0x11F43, 0x11F4F), (0x16D6D, 0x16D6F), (0x1E5FF, 0x1E5FF));

    public static PreTokenizer Read(JsonField field) => field.Type switch
    {
        "Sequence" => new SequencePreTokenizer([.. field["pretokenizers"].Items().Select(Read)]),
        "ByteLevel" => new ByteLevelPreTokenizer(field["add_prefix_space"].Flag(), field.Optional("use_regex")?.Flag() ?? true),
        "Split" => new SplitPreTokenizer(PatternReader.Read(field["pattern"]), Behavior(field["behavior"]), field["invert"].Flag()),
        "Digits" => Each(UnicodeProperties.Number, field["individual_digits"].Flag() ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Punctuation" => Each(Punctuation, field.Optional("behavior") is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated),
        "Whitespace" => new SplitPreTokenizer(Words, SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => Each(UnicodeProperties.WhiteSpace, SplitBehavior.Removed),
        "CharDelimiterSplit" => Each(CodePointRanges.Of(field["delimiter"].Point()), SplitBehavior.Removed),
        "BertPreTokenizer" => new SequencePreTokenizer([Each(UnicodeProperties.WhiteSpace, SplitBehavior.Removed), Each(Punctuation, SplitBehavior.Isolated)]),
        "FixedLength" => new FixedLengthPreTokenizer(FixedLength(field)),
        "UnicodeScripts" => new ScriptPreTokenizer(),
        "Metaspace" => new MetaspacePreTokenizer(field["replacement"].Point(), Scheme(field), field.Optional("split")?.Flag() ?? true),
        _ => throw field["type"].Error(
            "a pre-tokenizer of ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit, BertPreTokenizer, FixedLength, UnicodeScripts, Metaspace or Sequence",
            field["type"].Describe()),
    };

    /// <summary>The prepend_scheme of a Metaspace, which older files give as add_prefix_space.</summary>
    public static PrependScheme Scheme(JsonField field)
    {
        PrependScheme scheme = field.Optional("prepend_scheme") is { } name
            ? name.Choice(("first", PrependScheme.First), ("never", PrependScheme.Never), ("always", PrependScheme.Always))
            : PrependScheme.Always;
        if (field.Optional("add_prefix_space") is not { } prefix || prefix.Flag())
        {
            return scheme;
        }

        return scheme == PrependScheme.Never ? scheme : throw prefix.Error("no add_prefix_space=false beside a prepend_scheme other than \"never\"", "false");
    }

    /// <summary>Rust's regex \w+|[^\w\s]+.</summary>
    private static TextPattern Words => new TextPattern.Expression(PatternCompiler.Compile(new PatternNode.Alternation(
    [
        new PatternNode.Repeat(new PatternNode.Class(UnicodeProperties.RustWord), 1, null, RepeatKind.Greedy),
        new PatternNode.Repeat(
            new PatternNode.Class(UnicodeProperties.RustWord.Union(UnicodeProperties.WhiteSpace).Complement()), 1, null, RepeatKind.Greedy),
    ])));

    private static CodePointRanges Punctuation => UnicodeProperties.Of("P").Except(LaterPunctuation).Union(AsciiPunctuation);

    private static SplitPreTokenizer Each(CodePointRanges ranges, SplitBehavior behavior) =>
        new(new TextPattern.EachOf(new CodePointSet(ranges)), behavior);

    private static int FixedLength(JsonField field)
    {
        int length = field.Optional("length")?.Number() ?? 5;
        return length > 0 ? length : throw field["length"].Error("a length above 0", "0");
    }

    private static SplitBehavior Behavior(JsonField field) => field.Choice(
        ("Removed", SplitBehavior.Removed),
        ("Isolated", SplitBehavior.Isolated),
        ("MergedWithPrevious", SplitBehavior.MergedWithPrevious),
        ("MergedWithNext", SplitBehavior.MergedWithNext),
        ("Contiguous", SplitBehavior.Contiguous));
}
