using System.Text.Json;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Tests.Text.Chat;

/// <summary>Every rendering that transformers made, as text or as an error.</summary>
[TestFixture]
public sealed class ChatGoldenTests
{
    private const string Goldens = "goldens/chat/templates.jsonl";

    [Test]
    public void Every_rendering_equals_transformers()
    {
        List<string> failures = [];
        SortedDictionary<string, int> passed = new(StringComparer.Ordinal);
        ChatJsonLines renderer = new();
        foreach (string line in File.ReadLines(Reference.Path(Goldens)))
        {
            using JsonDocument golden = JsonDocument.Parse(line);
            string name = golden.RootElement.GetProperty("name").GetString()!;
            using JsonDocument ours = JsonDocument.Parse(renderer.Render(line));
            string? difference = Difference(golden.RootElement, ours.RootElement);
            if (difference != null)
            {
                failures.Add($"{name}: {difference}");
                continue;
            }

            string family = name.Split('/')[0];
            passed[family] = passed.GetValueOrDefault(family) + 1;
        }

        TestContext.Out.WriteLine($"{passed.Values.Sum()} renderings equal: {string.Join(", ", passed.Select(family => $"{family.Key} {family.Value}"))}");
        Assert.That(failures, Is.Empty, string.Join('\n', failures));
        Assert.That(passed.Values.Sum(), Is.GreaterThan(0));
    }

    private static string? Difference(JsonElement golden, JsonElement ours)
    {
        string? text = ours.TryGetProperty("text", out JsonElement rendered) ? rendered.GetString() : null;
        string? error = ours.TryGetProperty("error", out JsonElement reported) ? reported.GetString() : null;
        if (golden.TryGetProperty("expected", out JsonElement expected))
        {
            return text == expected.GetString() ? null : $"expected {expected.GetRawText()}, found {text ?? "error " + error}";
        }

        string message = golden.GetProperty("error").GetString()!;
        bool exact = golden.GetProperty("error_type").GetString() == "TemplateError";
        bool equal = error != null && (!exact || error == message);
        return equal ? null : $"expected the error {message}, found {error ?? "text " + text}";
    }
}
