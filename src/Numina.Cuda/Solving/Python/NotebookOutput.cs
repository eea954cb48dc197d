namespace Numina.Cuda.Solving.Python;

/// <summary>What the notebook makes of a finished process (SPEC section 5, rules 2 and 3).</summary>
internal static class NotebookOutput
{
    /// <summary>The text on a timeout.</summary>
    public static string TimedOut(TimeSpan limit) => FormattableString.Invariant($"Timed out after {limit.TotalSeconds:0.###} seconds.");

    /// <param name="exitCode">0 is success; the negated signal number where one ended the process.</param>
    /// <param name="output">Standard output's bytes.</param>
    /// <param name="errors">Standard error's bytes.</param>
    /// <param name="path">The program's file, whose name the filter looks for.</param>
    /// <exception cref="PythonDecodeException">A stream is not UTF-8.</exception>
    public static PythonResult From(int exitCode, ReadOnlySpan<byte> output, ReadOnlySpan<byte> errors, string path)
    {
        // Both streams are decoded before the exit code is looked at: output first.
        string outputText = PythonText.UniversalNewlines(StrictUtf8.Decode(output));
        string errorText = PythonText.UniversalNewlines(StrictUtf8.Decode(errors));
        return exitCode == 0
            ? new PythonResult(PythonStatus.Success, PythonText.Strip(outputText)) { ExitCode = 0, StandardError = errorText }
            : new PythonResult(PythonStatus.Failure, FilterErrors(errorText, path)) { ExitCode = exitCode, StandardError = errorText };
    }

    /// <summary>Keeps lines with "Traceback", lines equal to the last one, and of lines that name the file the part before its path, with the line that follows.</summary>
    internal static string FilterErrors(string errors, string path)
    {
        string[] lines = PythonText.Strip(errors).Split('\n');
        List<string> kept = [];
        bool keepNext = false;
        foreach (string line in lines)
        {
            if (line.Contains("Traceback", StringComparison.Ordinal) || line == lines[^1])
            {
                kept.Add(line);
            }
            else if (line.Contains(path, StringComparison.Ordinal))
            {
                int quote = line.IndexOf("\"/", StringComparison.Ordinal);
                kept.Add(quote < 0 ? "" : line[..(quote + 1)]);
                keepNext = true;
            }
            else if (keepNext)
            {
                kept.Add(line);
                keepNext = false;
            }
        }

        return PythonText.Strip(string.Join('\n', kept));
    }
}
