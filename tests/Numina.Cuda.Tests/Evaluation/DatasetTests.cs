using System.Text.Json;
using Numina.Cuda.Evaluation;
using Numina.Cuda.Tests.Support;

namespace Numina.Cuda.Tests.Evaluation;

public sealed class DatasetTests
{
    [Test]
    public void Every_text_format_gives_the_same_problems([Values("amc.csv", "amc_crlf_bom.csv", "amc_escaped.jsonl", "answers_as_strings.jsonl")] string file)
    {
        Dataset expected = Dataset.Load(Reference.Path("data/formats/amc.jsonl"));
        Dataset actual = Dataset.Load(Reference.Path($"data/formats/{file}"));
        Assert.That(actual.Problems, Is.EqualTo(expected.Problems));
        Assert.That(expected.Problems, Has.Count.EqualTo(12));
        Assert.That(expected.Problems[1].Text, Is.EqualTo("How many integers $n$ with $1\\le n\\le 500$ are divisible by $6$ but not by $9$?"));
        Assert.That(expected.Problems[1].Answer, Is.EqualTo(new System.Numerics.BigInteger(56)));
    }

    [Test]
    public void Hard_texts_come_through_unchanged()
    {
        Dataset lines = Dataset.Load(Reference.Path("data/formats/hard_texts.jsonl"));
        Dataset table = Dataset.Load(Reference.Path("data/formats/hard_texts.csv"));
        Assert.That(table.Problems.Select(problem => problem.Text), Is.EqualTo(lines.Problems.Select(problem => problem.Text)));
        Assert.That(lines.Problems[0].Text, Does.Contain("with \"quotes\", a comma, and a tab\there"));
    }

    [TestCaseSource(nameof(BadCases))]
    public void Bad_files_are_refused_by_name(string file, bool accepted, int rows, string[] named)
    {
        string path = Reference.Path($"data/bad/{file}");
        if (accepted)
        {
            Assert.That(Dataset.Load(path).Problems, Has.Count.EqualTo(rows));
            return;
        }

        DatasetException error = Assert.Throws<DatasetException>(() => Dataset.Load(path))!;
        Assert.That(error.Message, Does.Not.Contain("\n"));
        foreach (string name in named)
        {
            Assert.That(error.Message, Does.Contain(name));
        }
    }

    [Test]
    public void A_missing_file_is_named()
    {
        DatasetException error = Assert.Throws<DatasetException>(() => Dataset.Load("nowhere/problems.jsonl"))!;
        Assert.That(error.Message, Is.EqualTo("nowhere/problems.jsonl: no such file"));
    }

    private static IEnumerable<TestCaseData> BadCases()
    {
        if (Reference.Find("data/bad/cases.json") is not { } path)
        {
            yield return new TestCaseData("cases.json", false, 0, Array.Empty<string>());
            yield break;
        }

        foreach (JsonElement row in JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases").EnumerateArray())
        {
            string file = row.GetProperty("file").GetString()!;
            if (!file.EndsWith(".jsonl", StringComparison.Ordinal) && !file.EndsWith(".csv", StringComparison.Ordinal))
            {
                continue;
            }

            bool accepted = row.GetProperty("expect").GetString() == "ok";
            string[] named = accepted ? [] : [.. row.GetProperty("message_must_name").EnumerateArray().Select(name => name.GetString()!)];
            yield return new TestCaseData(file, accepted, accepted ? row.GetProperty("rows").GetInt32() : 0, named).SetArgDisplayNames(file);
        }
    }
}
