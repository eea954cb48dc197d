using Numina.Cuda.Text.Pipeline;
using Numina.Cuda.Text.PostProcessors;

namespace Numina.Cuda.Text.Loading;

/// <summary>Builds the post-processor of a tokenizer.json.</summary>
internal static class PostProcessorReader
{
    public static PostProcessor Read(JsonField field) => field.Type switch
    {
        "Sequence" => new SequencePostProcessor([.. field["processors"].Items().Select(Read)]),
        "ByteLevel" => new ByteLevelPostProcessor(field["trim_offsets"].Flag(), field["add_prefix_space"].Flag()),
        "TemplateProcessing" => new TemplatePostProcessor(Template(field, "single", hasPair: false), Template(field, "pair", hasPair: true)),
        "BertProcessing" => new BertPostProcessor(Special(field["cls"], 0), Special(field["sep"], 0), Special(field["sep"], 1)),
        "RobertaProcessing" => new RobertaPostProcessor(
            Special(field["cls"], 0), Special(field["sep"], 0), field["trim_offsets"].Flag(), field["add_prefix_space"].Flag()),
        _ => throw field["type"].Error(
            "a post-processor of TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing or Sequence", field["type"].Describe()),
    };

    private static TemplatePart[] Template(JsonField field, string key, bool hasPair) =>
        [.. field[key].Items().Select(part => Part(part, field["special_tokens"], hasPair))];

    private static TemplatePart Part(JsonField part, JsonField specialTokens, bool hasPair)
    {
        if (part.Optional("Sequence") is { } sequence)
        {
            int index = sequence["id"].Choice(("A", 0), ("B", 1));
            return index == 0 || hasPair
                ? new TemplatePart(index, null, sequence["type_id"].Number())
                : throw sequence["id"].Error("sequence A in the template of a single text", "B");
        }

        if (part.Optional("SpecialToken") is not { } special)
        {
            throw part.Error("{\"Sequence\": ...} or {\"SpecialToken\": ...}", part.Describe());
        }

        JsonField definition = specialTokens[special["id"].Text()];
        int typeId = special["type_id"].Number();
        JsonField[] ids = [.. definition["ids"].Items()];
        JsonField[] tokens = [.. definition["tokens"].Items()];
        if (ids.Length != tokens.Length)
        {
            throw definition.Error("as many ids as tokens", $"{ids.Length} and {tokens.Length}");
        }

        TokenList list = new();
        list.Reset(detailed: true);
        for (int i = 0; i < ids.Length; i++)
        {
            list.Add(ids[i].Number(), new TokenDetail(tokens[i].Text(), 0, 0, typeId));
        }

        return new TemplatePart(-1, list, typeId);
    }

    /// <summary>A pair of a token and its id.</summary>
    private static TokenList Special(JsonField field, int typeId)
    {
        JsonField[] pair = [.. field.Items()];
        if (pair.Length != 2)
        {
            throw field.Error("[token, id]", $"{pair.Length} items");
        }

        TokenList list = new();
        list.Reset(detailed: true);
        list.Add(pair[1].Number(), new TokenDetail(pair[0].Text(), 0, 0, typeId));
        return list;
    }
}
