using System.Diagnostics;
using System.Text.Json;
using CsCheck;
using Numina.Cuda.Tests.Support;
using Numina.Cuda.Text.Chat;

namespace Numina.Cuda.Tests.Text.Chat;

/// <summary>Broken templates give a clear error or a result, quickly.</summary>
[TestFixture]
public sealed class ChatTemplateMutationTests
{
    private const int Cases = 10_000;

    private static readonly string[] Fragments =
    [
        "{%", "%}", "{{", "}}", "{#", "#}", "-", "+", "|", "(", ")", "[", "]", "{", "}", "'", "\"", "\\", ".", ",", ":", "=", "~", "*", "**", "//", "\n", "\ud83d", "é",
        "{% for x in messages %}", "{% endfor %}", "{% endif %}", "{% else %}", "{% set x %}", "{% endset %}", "{% macro m(a) %}", "{% endmacro %}", "{% break %}",
        "{% raw %}", "{% endraw %}", "loop", "none", " is ", " not ", " in ", " if ", " else ", "|join", "|map('upper')", "[::-1]", "99999999999", "1e400", "range(99999)",
    ];

    [Test]
    public void Mutated_templates_end_in_a_result_or_a_clear_error()
    {
        string[] sources = [.. File.ReadLines(Reference.Path("goldens/chat/templates.jsonl")).Select(TemplateOf).Distinct()];
        ChatRequest request = new() { Messages = [new("system", "be brief"), new("user", "1 + 1"), new("assistant", "2")], AddGenerationPrompt = true };
        ChatTemplateLimits limits = new() { Steps = 200_000, Allocated = 4 << 20, Output = 1 << 20 };
        Gen<(string Source, int[] Edits)> cases = Gen.Select(Gen.Int[0, sources.Length - 1].Select(index => sources[index]), Gen.Int.Array[1, 12]);
        int rendered = 0;
        int refused = 0;
        Stopwatch watch = Stopwatch.StartNew();
        cases.Sample(
            (source, edits) =>
            {
                string mutated = edits.Aggregate(source, Mutate);
                try
                {
                    ChatTemplate.Parse(mutated, limits).Render(request);
                    rendered++;
                    return true;
                }
                catch (ChatTemplateException fault)
                {
                    refused++;
                    return fault.Reason.Length > 0 && fault.Line > 0 && fault.Column > 0;
                }
            },
            seed: "0000KOIPe036",
            iter: Cases,
            threads: 1);
        TestContext.Out.WriteLine($"{rendered} rendered, {refused} refused in {watch.Elapsed.TotalSeconds:F1} s");
        Assert.That((rendered > Cases / 20, refused > Cases / 20, rendered + refused >= Cases), Is.EqualTo((true, true, true)));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    /// <summary>Deletes, doubles, swaps or inserts at a place that the number tells.</summary>
    private static string Mutate(string source, int edit)
    {
        uint number = (uint)edit;
        int at = (int)(number / 4 % (uint)(source.Length + 1));
        int length = (int)Math.Min(1 + (number / 64 % 8), source.Length - at);
        string fragment = Fragments[number / 16 % (uint)Fragments.Length];
        return (number % 4) switch
        {
            0 => source.Remove(at, length),
            1 => source.Insert(at, source.Substring(at, length)),
            2 => source.Insert(at, fragment),
            _ => source.Remove(at, length).Insert(at, fragment),
        };
    }

    private static string TemplateOf(string line)
    {
        using JsonDocument golden = JsonDocument.Parse(line);
        return golden.RootElement.GetProperty("template").GetString()!;
    }
}
