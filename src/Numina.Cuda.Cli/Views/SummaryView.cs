using System.Globalization;
using Numina.Cuda.Evaluation;
using Spectre.Console;

namespace Numina.Cuda.Cli.Views;

/// <summary>A run's figures on standard output.</summary>
internal static class SummaryView
{
    public static void Print(RunSummary summary, bool json)
    {
        if (json)
        {
            Console.WriteLine(summary.ToJson());
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        if (summary is { MajorityCorrect: { } right, Accuracy: { } accuracy, PassAt1: { } passAt1 })
        {
            table.AddRow($"accuracy (maj@{summary.Samples})", Format($"{accuracy:p1}, {right} of {summary.Problems}, 95% interval {summary.AccuracyLow:p1} to {summary.AccuracyHigh:p1}"));
            table.AddRow("pass@1", Format($"{passAt1:f3} over {summary.Problems * summary.Samples:n0} traces"));
        }

        table.AddRow("without a vote", Format($"{summary.WithoutVote} of {summary.Problems} problems"));
        table.AddRow("executions", Format($"{summary.Executions:n0}, {summary.FailedExecutions:n0} failed"));
        table.AddRow("tokens", Format($"{summary.Tokens:n0}, {summary.TokensPerSecond:n0} a second with Python's time"));
        table.AddRow("time", Format($"{summary.Seconds:f1} s"));
        AnsiConsole.Write(table);
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
