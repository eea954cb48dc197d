namespace Numina.Cuda.Solving.Notebook;

/// <param name="Id">The id as the data set has it; ids need not be unique.</param>
/// <param name="Problem">The statement.</param>
/// <param name="Gold">The right answer modulo 1000.</param>
public sealed record NotebookRow(string Id, string Problem, string Gold);

/// <param name="MergedRows">Pairs of a row and a result with the same id and problem: equal rows multiply.</param>
/// <param name="Correct">Pairs whose answers agree.</param>
/// <param name="Columns">Column names of the notebook's table at the end, where each prediction made a column of its own.</param>
public sealed record NotebookScore(int MergedRows, int Correct, IReadOnlyList<string> Columns)
{
    public double Accuracy => (double)Correct / MergedRows;

    /// <summary>The run's last line.</summary>
    public string AccuracyLine => $"Accuracy {PythonRepr.Of(Accuracy)}";
}

/// <summary>The notebook's stand-in for Kaggle's environment: rows are handed out one by one, the next only after a prediction for the last.</summary>
/// <param name="rows">The rows in the order in which they are handed out.</param>
/// <param name="printed">Receives what the notebook prints.</param>
public sealed class NotebookEnvironment(IReadOnlyList<NotebookRow> rows, TextWriter printed)
{
    private readonly List<int> _predictions = [];
    private int _handedOut;

    /// <summary>The next row; null at the end, and where the last one still awaits its prediction.</summary>
    public NotebookRow? Next()
    {
        if (_predictions.Count < _handedOut)
        {
            printed.Write("You must call `predict()` successfully before you can continue with `iter_test()`\n");
            return null;
        }

        return _handedOut < rows.Count ? rows[_handedOut++] : null;
    }

    /// <summary>Answers the row handed out last.</summary>
    public void Predict(int answer)
    {
        if (_predictions.Count == _handedOut)
        {
            throw new InvalidOperationException("predict() without a row from iter_test()");
        }

        _predictions.Add(answer);
    }

    /// <summary>Joins rows and results on (id, problem).</summary>
    /// <exception cref="PythonRaisedException">ValueError: nothing was predicted.</exception>
    public NotebookScore Score()
    {
        if (_predictions.Count == 0)
        {
            throw new PythonRaisedException("ValueError", "No objects to concatenate");
        }

        var pairs =
            from row in rows
            from result in rows.Zip(_predictions)
            where row.Id == result.First.Id && row.Problem == result.First.Problem
            select PythonNumber.Int(row.Gold) == result.Second;
        List<bool> agree = [.. pairs];
        string[] fixedColumns = ["id", "problem", "answer", "ground_truth"];
        return new NotebookScore(agree.Count, agree.Count(right => right), [.. fixedColumns, .. _predictions.Select((_, k) => $"({k}, 'answer')")]);
    }
}
