using Numina.Cuda.Text.Added;
using Numina.Cuda.Text.Bpe;
using Numina.Cuda.Text.Normalizers;
using Numina.Cuda.Text.Pipeline;

namespace Numina.Cuda.Text.Loading;

/// <summary>Reads the added tokens. As in Hugging Face's reader a token of the vocabulary keeps its id there, and others count on from the vocabulary's size.</summary>
internal static class AddedVocabularyReader
{
    public static AddedVocabulary Read(JsonField? field, Vocabulary vocabulary, Normalizer? normalizer)
    {
        Dictionary<int, AddedToken> tokens = [];
        Dictionary<string, int> ids = [];
        Dictionary<int, string> normalized = [];
        int next = vocabulary.Count;
        foreach (JsonField item in field?.Items() ?? [])
        {
            AddedToken token = ReadToken(item);
            if (token.Content.Length == 0)
            {
                continue;
            }

            int id = ids.TryGetValue(token.Content, out int known) ? known : vocabulary.Id(token.Content) ?? next++;
            ids[token.Content] = id;
            tokens[id] = token;
            if (token.Normalized && normalizer != null && NormalForm(token.Content, normalizer) is var form && form != token.Content)
            {
                normalized[id] = form;
            }
        }

        CheckPatterns(field, tokens, normalized);
        return new AddedVocabulary(tokens, ids, normalized);
    }

    private static AddedToken ReadToken(JsonField item)
    {
        item["id"].Number();
        return new AddedToken(
            item["content"].Text(),
            item["single_word"].Flag(),
            item["lstrip"].Flag(),
            item["rstrip"].Flag(),
            item["normalized"].Flag(),
            item["special"].Flag());
    }

    private static string NormalForm(string content, Normalizer normalizer)
    {
        PreTokenizedText text = new();
        NormalizedText work = new();
        work.AppendOriginal(content);
        normalizer.Normalize(work, new NormalizerScratch(text.Matcher));
        return string.Concat(work.Points.ToArray().Select(char.ConvertFromUtf32));
    }

    private static void CheckPatterns(JsonField? field, Dictionary<int, AddedToken> tokens, Dictionary<int, string> normalized)
    {
        HashSet<string> patterns = [];
        foreach ((int id, AddedToken token) in tokens)
        {
            string pattern = token.Normalized ? normalized.GetValueOrDefault(id, token.Content) : token.Content;
            if (pattern.Length == 0 || (token.Normalized && !patterns.Add(pattern)))
            {
                throw field!.Value.Error("added tokens that differ and are not empty when normalized", $"\"{token.Content}\", which becomes \"{pattern}\"");
            }
        }
    }
}
