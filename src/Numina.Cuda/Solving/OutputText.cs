using Numina.Cuda.Solving.Python;

namespace Numina.Cuda.Solving;

/// <summary>What a trace reads of an execution.</summary>
internal static class OutputText
{
    private const string Mark = "(output truncated)";

    /// <summary>The text appended to a turn: the output fence where the model did not write it, the output, the closing fence.</summary>
    public static string Append(string turn, TurnEnding ending, ExecutionRecord execution, int limit)
    {
        string newline = turn.EndsWith('\n') ? "" : "\n";
        string fence = ending == TurnEnding.Block ? "```output\n" : "";
        return $"{newline}{fence}{Limit(execution, limit)}\n```";
    }

    /// <summary>Results keep their head; errors and timeouts keep their tail, where the reason stands.</summary>
    public static string Limit(ExecutionRecord execution, int limit)
    {
        if (execution.Status == PythonStatus.Success)
        {
            return CodePoints.Truncate(execution.Output, limit, $" ... {Mark}");
        }

        string tail = CodePoints.Last(execution.Output, limit);
        return tail.Length == execution.Output.Length ? tail : $"{Mark} ... {tail}";
    }
}
