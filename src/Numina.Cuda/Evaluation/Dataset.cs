using System.Numerics;
using System.Text;

namespace Numina.Cuda.Evaluation;

/// <summary>Problems in file order, and what a user should know about the file.</summary>
/// <param name="Problems">At least one.</param>
/// <param name="Warnings">One line each: oddities that were taken.</param>
public sealed record Dataset(IReadOnlyList<ProblemRow> Problems, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads a .jsonl or .csv file with the columns problem, answer and (optional) id.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireAnswers">Every row needs an integer in its answer column.</param>
    /// <exception cref="DatasetException">The file is missing, malformed, empty, or a row lacks what is needed.</exception>
    public static Dataset Load(string path, bool requireAnswers = true)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException($"{path}: no such file");
        }

        IEnumerable<RawRow> rows = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" => JsonLinesTable.Read(path),
            ".csv" => CsvTable.Read(path),
            var other => throw new DatasetException($"{path}: expected a .jsonl or .csv file, found \"{other}\""),
        };
        try
        {
            return Interpret(path, [.. rows], requireAnswers);
        }
        catch (DecoderFallbackException)
        {
            throw new DatasetException($"{path}: expected UTF-8, found other bytes");
        }
    }

    private static Dataset Interpret(string path, List<RawRow> rows, bool requireAnswers)
    {
        if (rows.Count == 0)
        {
            throw new DatasetException($"{path}: no rows");
        }

        var warnings = new List<string>();
        if (rows.All(row => !row.Values.ContainsKey("id")))
        {
            warnings.Add($"{path}: no column id: problems are named by row number");
        }

        BigInteger?[] answers = requireAnswers ? Answers(path, rows, warnings) : new BigInteger?[rows.Count];
        return new Dataset([.. rows.Select((row, number) => new ProblemRow(number, Id(row, number), Statement(path, row), answers[number]))], warnings);
    }

    private static string Id(RawRow row, int number) => row.Values.GetValueOrDefault("id") switch
    {
        string text => text,
        NumberText value => value.Text,
        _ => number.ToString(),
    };

    private static string Statement(string path, RawRow row)
    {
        if (!row.Values.TryGetValue("problem", out object? value))
        {
            throw MissingColumn(path, row, "problem");
        }

        return value is string text && text.Trim().Length > 0
            ? text
            : throw new DatasetException($"{path}: {row.Place}: problem: expected a text, found {(value is string ? "an empty one" : "none")}");
    }

    private static BigInteger?[] Answers(string path, List<RawRow> rows, List<string> warnings)
    {
        var answers = new BigInteger?[rows.Count];
        string? first = null;
        int bad = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            if (!rows[i].Values.TryGetValue("answer", out object? value))
            {
                throw MissingColumn(path, rows[i], "answer");
            }

            answers[i] = GoldAnswer.Parse(value, out string found);
            if (answers[i] is null)
            {
                bad++;
                first ??= $"{path}: {rows[i].Place}: answer: expected an integer, found {found}";
            }
            else if (answers[i] < 0)
            {
                warnings.Add($"{path}: {rows[i].Place}: the answer {answers[i]} is negative: it is met modulo 1000 only");
            }
        }

        return first is null ? answers : throw new DatasetException(bad > 1 ? $"{first} ({bad} such rows)" : first);
    }

    private static DatasetException MissingColumn(string path, RawRow row, string column) =>
        new($"{path}: {row.Place}: expected a column {column}, found {string.Join(", ", row.Values.Keys)}");
}
