using System.Text.Json;
using Numina.Cuda.Solving.Notebook;

namespace Numina.Cuda.Tests.Solving.Notebook;

/// <summary>The notebook's stand-in for Kaggle's stream of problems.</summary>
internal sealed class EnvironmentVectorTests
{
    [TestCaseSource(typeof(Vector), nameof(Vector.Of), ["kaggle_env"])]
    public void Kaggle_env(Vector vector)
    {
        JsonElement arguments = vector.Required().Arguments;
        StringWriter printed = new();
        NotebookEnvironment environment = new([.. arguments[0].EnumerateArray().Select(RowOf)], printed);
        if (arguments.GetArrayLength() == 1 && arguments[0].GetArrayLength() > 0)
        {
            Assert.That(environment.Next(), Is.Not.Null);
            Assert.That(environment.Next(), Is.Null);
            Assert.That(printed.ToString(), Is.EqualTo(vector.Printed));
            return;
        }

        for (int k = 0; environment.Next() != null; k++)
        {
            environment.Predict(arguments[1][k].GetInt32());
        }

        if (vector.Raised is { } expected)
        {
            PythonRaisedException raised = Assert.Throws<PythonRaisedException>(() => environment.Score())!;
            Assert.That($"{raised.Type}: {raised.Message}", Is.EqualTo(expected));
            return;
        }

        NotebookScore score = environment.Score();
        Assert.Multiple(() =>
        {
            Assert.That(score.MergedRows, Is.EqualTo(vector.Ok.GetProperty("merged_rows").GetInt32()));
            Assert.That(score.Correct, Is.EqualTo(vector.Ok.GetProperty("correct").GetInt32()));
            Assert.That(score.AccuracyLine, Is.EqualTo(vector.Ok.GetProperty("accuracy_line").GetString()));
            Assert.That(score.Columns, Is.EqualTo(vector.Ok.GetProperty("columns_after").EnumerateArray().Select(column => column.GetString())));
            Assert.That(printed.ToString(), Is.EqualTo(vector.Printed));
        });
    }

    private static NotebookRow RowOf(JsonElement row) =>
        new(row.GetProperty("id").ToString(), row.GetProperty("problem").GetString()!, NotebookDataset.GoldAnswer(row.GetProperty("answer")));
}
