using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Numina.Cuda.Text;

namespace Numina.Cuda.Tests.Text;

/// <summary>Tokenizer files with random damage give a result or a clear error, never a crash or a hang.</summary>
[TestFixture]
public sealed class TokenizerMutationTests
{
    private const int Mutations = 10_000;
    private const int SlowestMilliseconds = 20_000;
    private static readonly string[] Values = ["null", "true", "-1", "0", "1e9", "4294967296", "\"\"", "\"\\ud800\"", "\"(?<!a)\"", "[]", "{}", "[[[]]]", "\"NFKC\"", "\"Sequence\""];
    private static readonly string[] Patterns = ["(a*)*b", "a{0,99999}{0,99999}", "(?=a*+)", "[^\\s\\S]", "\\p{Han}|\\b", "(?i:ß)", "[[:alpha:]&&[^a]]", "(?<=a+)b", "$^", "|"];

    [Test]
    public void Damaged_files_give_a_result_or_a_clear_error()
    {
        string[] names = [.. TokenizerFiles.Names.Where(name => name.StartsWith("syn_", StringComparison.Ordinal))];
        string[] files = [.. names.Select(name => TokenizerFiles.ReadText(Path.Combine(TokenizerFiles.Folder(name), "tokenizer.json"))), TinyTokenizer.File().ToJsonString()];
        Random random = new(20240713);
        int results = 0;
        int errors = 0;
        for (int i = 0; i < Mutations; i++)
        {
            string file = files[random.Next(files.Length)];
            byte[] mutated = random.Next(3) == 0 ? MutateBytes(file, random) : Encoding.UTF8.GetBytes(MutateTree(file, random));
            long start = Stopwatch.GetTimestamp();
            string? error = Try(mutated, i);
            Assert.That(Stopwatch.GetElapsedTime(start).TotalMilliseconds, Is.LessThan(SlowestMilliseconds), $"mutation {i}");
            Assert.That(error ?? "", Does.Not.Contain("\n"));
            results += error == null ? 1 : 0;
            errors += error == null ? 0 : 1;
        }

        TestContext.Out.WriteLine($"{Mutations} mutated files: {results} usable, {errors} refused");
        Assert.That(results, Is.Positive);
        Assert.That(errors, Is.Positive);
    }

    /// <summary>The message of the error, or null when the damaged file still works.</summary>
    private static string? Try(byte[] file, int number)
    {
        try
        {
            Tokenizer tokenizer = Tokenizer.Parse(file);
            TokenEncoding encoding = tokenizer.EncodeWithOffsets(" Hello, the 1234 caf\u00e9s\n", "a\u0301 \ud83d\ude00 it's");
            int[] ids = [.. encoding.Ids.Take(1000)];
            tokenizer.Decode(ids, skipSpecialTokens: true);
            TextStream stream = tokenizer.CreateStream();
            foreach (int id in ids)
            {
                stream.Push(id);
            }

            return null;
        }
        catch (TokenizerException error)
        {
            return error.Message;
        }
        catch (Exception error)
        {
            throw new AssertionException($"mutation {number}: {error}\n{Encoding.UTF8.GetString(file)}");
        }
    }

    private static byte[] MutateBytes(string file, Random random)
    {
        List<byte> bytes = [.. Encoding.UTF8.GetBytes(file)];
        int times = random.Next(1, 4);
        for (int i = 0; i < times; i++)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces, removes or moves values, mostly outside the vocabulary, so that the JSON stays well formed.</summary>
    private static string MutateTree(string file, Random random)
    {
        JsonObject root = JsonNode.Parse(file)!.AsObject();
        List<JsonNode> nodes = [];
        Collect(root, nodes);
        int times = random.Next(1, 4);
        for (int i = 0; i < times; i++)
        {
            JsonNode target = nodes[random.Next(nodes.Count)];
            if (target.Parent == null)
            {
                continue;
            }

            JsonNode? value = random.Next(3) switch
            {
                0 => nodes[random.Next(nodes.Count)].DeepClone(),
                1 => JsonValue.Create(Patterns[random.Next(Patterns.Length)]),
                _ => JsonNode.Parse(Values[random.Next(Values.Length)].Replace("\\ud800", "\\ufffd", StringComparison.Ordinal)),
            };
            target.ReplaceWith(value);
        }

        return root.ToJsonString();
    }

    private static void Collect(JsonNode? node, List<JsonNode> nodes)
    {
        switch (node)
        {
            case null:
                return;
            case JsonObject entries:
                foreach ((string key, JsonNode? child) in entries.Where(entry => entry.Key != "vocab"))
                {
                    Collect(child, nodes);
                }

                break;
            case JsonArray items:
                foreach (JsonNode? child in items.Take(3))
                {
                    Collect(child, nodes);
                }

                break;
            default:
                break;
        }

        nodes.Add(node);
    }
}
