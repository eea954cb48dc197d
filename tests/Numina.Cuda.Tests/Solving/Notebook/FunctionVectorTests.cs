using System.Text.Json;
using Numina.Cuda.Solving.Notebook;

namespace Numina.Cuda.Tests.Solving.Notebook;

/// <summary>The notebook's functions that run no code, against its own results.</summary>
internal sealed class FunctionVectorTests
{
    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["extract_boxed_answer"])]
    public void Extract_boxed_answer(Vector vector) =>
        Assert.That(NotebookAnswer.ExtractBoxed(Text(vector)!), Is.EqualTo(vector.Ok.GetString()));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["normalize_answer"])]
    public void Normalize_answer(Vector vector) => Check(vector, () => NotebookNormalizer.Normalize(Text(vector)));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["filter_answers"])]
    public void Filter_answers(Vector vector) =>
        Assert.That(NotebookAnswer.Filter(vector.Required().Arguments[0].EnumerateArray().Select(answer => answer.GetString())), Is.EqualTo(Numbers(vector.Ok)));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["normalize+filter"])]
    public void Normalize_and_filter(Vector vector) =>
        Assert.That(NotebookAnswer.Filter([NotebookNormalizer.Normalize(Text(vector))]), Is.EqualTo(Numbers(vector.Ok)));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["get_majority_vote"])]
    public void Get_majority_vote(Vector vector) =>
        Assert.That(NotebookAnswer.MajorityVote(Numbers(vector.Required().Arguments[0])), Is.EqualTo(vector.Ok.GetInt32()));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["dataset_answer"])]
    public void Dataset_answer(Vector vector) => Check(vector, () => NotebookDataset.GoldAnswer(vector.Required().Arguments[0]));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["quantization"])]
    public void Quantization(Vector vector) => Assert.That(NotebookConfig.Quantization(Text(vector)!), Is.EqualTo(vector.Ok.GetString()));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["is_submission"])]
    public void Is_submission(Vector vector) => Assert.That(NotebookConfig.ReadIsSubmission(Text(vector)), Is.EqualTo(vector.Ok.GetBoolean()));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["prompt_format"])]
    public void Prompt_format(Vector vector) => Assert.That(NotebookDataset.UserMessage(Text(vector)!), Is.EqualTo(vector.Ok.GetString()));

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["printed_blocks"])]
    public void Printed_blocks(Vector vector)
    {
        string[] candidates = [.. vector.Required().Arguments[0].EnumerateArray().Select(answer => answer.GetString()!)];
        IReadOnlyList<int> filtered = NotebookAnswer.Filter(candidates);
        Assert.That(NotebookOutput.Votes(candidates, filtered, NotebookAnswer.MajorityVote(filtered)), Is.EqualTo(vector.Ok.GetString()));
    }

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["printed_input"])]
    public void Printed_input(Vector vector)
    {
        JsonElement row = vector.Required().Arguments[0];
        Assert.That(NotebookOutput.Input(row[0].ToString(), row[1].GetString()!, row[2].GetString()!), Is.EqualTo(vector.Ok.GetString()));
    }

    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["printed_config"])]
    public void Printed_config(Vector vector)
    {
        JsonElement values = vector.Required().Arguments[0];
        NotebookConfig config = new()
        {
            ModelId = values[0].GetString()!,
            NumSamples = values[1].GetInt32(),
            NumGenerations = values[2].GetInt32(),
            RestartOnFail = values[3].GetBoolean(),
            Temperature = values[4].GetDouble(),
            MaxNewTokens = values[5].GetInt32(),
            ValidationSet = values[6].GetString()!,
            IsSubmission = values[7].GetBoolean(),
        };
        Assert.That(NotebookOutput.Config(config), Is.EqualTo(vector.Ok.GetString()));
        Assert.That(NotebookOutput.Config(new NotebookConfig()), Is.EqualTo(vector.Ok.GetString()), "the defaults are the published run's");
    }

    private static string? Text(Vector vector) => vector.Required().Arguments[0].GetString();

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];

    private static void Check(Vector vector, Func<string> call)
    {
        if (vector.Required().Raised is { } expected)
        {
            PythonRaisedException raised = Assert.Throws<PythonRaisedException>(() => call())!;
            Assert.That($"{raised.Type}: {raised.Message}", Is.EqualTo(expected));
            return;
        }

        Assert.That(call(), Is.EqualTo(vector.Ok.GetString()));
    }
}
