using Numina.Cuda.Solving;
using Spectre.Console;

namespace Numina.Cuda.Cli.Views;

/// <summary>The vote over one problem's traces, on standard output.</summary>
internal static class SolutionView
{
    public static void Print(SolveResult result, bool json)
    {
        if (json)
        {
            PrintJson(result);
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("answer", "votes");
        foreach (Tally tally in result.Vote.Tallies)
        {
            table.AddRow($"{tally.Value}", $"{tally.Count}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(result.Vote.Winner is { } winner ? $"answer: {winner}" : "answer: none (no trace voted)");
    }

    private static void PrintJson(SolveResult result) => JsonLine.Write(json =>
    {
        json.WriteString("answer", result.Vote.Winner?.ToString());
        json.WriteString("submitted", result.Submitted.ToString());
        json.WriteStartArray("votes");
        foreach (Tally tally in result.Vote.Tallies)
        {
            json.WriteStartObject();
            json.WriteString("value", tally.Value.ToString());
            json.WriteNumber("count", tally.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("traces");
        foreach (TraceRecord trace in result.Traces)
        {
            json.WriteStartObject();
            json.WriteNumber("sample", trace.Sample);
            json.WriteString("end", trace.End.ToString());
            json.WriteString("answer", trace.Answer);
            json.WriteString("value", trace.Value);
            json.WriteString("text", trace.Text());
            json.WriteNumber("tokens", trace.Tokens());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
