using System.Text;
using Numina.Cuda.Solving;

namespace Numina.Cuda.Cli.Views;

/// <summary>
/// Prints the traces of one problem as they are written, each line behind its trace's number: traces write at the same time, so lines are the unit.
/// </summary>
internal sealed class TraceView(TextWriter output)
{
    private readonly Lock _printing = new();
    private readonly Dictionary<int, StringBuilder> _unfinished = [];

    public void Add(SolveEvent happened)
    {
        lock (_printing)
        {
            switch (happened)
            {
                case TextWritten written:
                    Write(happened.Sample, written.Text);
                    break;
                case ExecutionFinished finished:
                    Write(happened.Sample, finished.Appended);
                    break;
                case TraceRestarted restarted:
                    Note(happened.Sample, $"restarts ({restarted.Because})");
                    break;
                case TraceFinished finished:
                    Note(happened.Sample, $"ends: {finished.Trace.End}, answer {finished.Trace.Value ?? "none"}");
                    break;
            }
        }
    }

    private void Write(int sample, string text)
    {
        StringBuilder line = Line(sample).Append(text);
        string[] lines = line.ToString().Split('\n');
        foreach (string whole in lines[..^1])
        {
            output.WriteLine($"[{sample}] {whole}");
        }

        line.Clear().Append(lines[^1]);
    }

    private void Note(int sample, string note)
    {
        if (Line(sample).Length > 0)
        {
            Write(sample, "\n");
        }

        output.WriteLine($"[{sample}] -- {note}");
    }

    private StringBuilder Line(int sample)
    {
        if (!_unfinished.TryGetValue(sample, out StringBuilder? line))
        {
            _unfinished[sample] = line = new StringBuilder();
        }

        return line;
    }
}
