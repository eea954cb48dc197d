using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Numina.Cuda.Evaluation;

/// <summary>
/// An append-only file of JSON lines: the settings, then each problem as it is solved. A run that was killed is opened again and goes on; a last line that was torn by
/// the kill is cut off. Two processes cannot write one log.
/// </summary>
public sealed class RunLog : IDisposable
{
    public const string FileName = "run.jsonl";
    private const int FormatVersion = 1;

    /// <summary>Letters of all scripts as they are: a log is read by people, and never pasted into HTML.</summary>
    private static readonly RunLogJson Json = new(new JsonSerializerOptions(RunLogJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly FileStream _file;
    private readonly Lock _writing = new();

    private RunLog(FileStream file, IReadOnlyList<SolvedProblem> solved) => (_file, Solved) = (file, solved);

    /// <summary>What was in the log when it was opened.</summary>
    public IReadOnlyList<SolvedProblem> Solved { get; }

    /// <summary>Creates the log of a run in <paramref name="folder"/>, or opens the one that is there.</summary>
    /// <exception cref="RunLogException">The log belongs to a run with other settings, or is no log.</exception>
    public static RunLog Open(string folder, IReadOnlyDictionary<string, string> settings)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            List<SolvedProblem> solved = [];
            byte[] bytes = WholeLines(file);
            if (bytes.Length > 0)
            {
                solved = Read(path, bytes, settings);
            }

            file.SetLength(bytes.Length);
            file.Position = bytes.Length;
            var log = new RunLog(file, solved);
            if (bytes.Length == 0)
            {
                log.Write(new RunHeader(FormatVersion, settings), Json.RunHeader);
            }

            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a finished or unfinished log.</summary>
    public static (RunHeader Header, IReadOnlyList<SolvedProblem> Solved) Load(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        string[] lines = Encoding.UTF8.GetString(WholeLines(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            throw new RunLogException($"{path}: line 1: expected a run's settings, found an empty file");
        }

        RunHeader header = Parse(path, 1, lines[0], Json.RunHeader);
        return header.Version == FormatVersion
            ? (header, [.. lines.Skip(1).Select((line, i) => Parse(path, i + 2, line, Json.SolvedProblem))])
            : throw new RunLogException($"{path}: version: expected {FormatVersion}, found {header.Version}");
    }

    /// <summary>Adds a problem; it is on disk when the call returns.</summary>
    public void Append(SolvedProblem problem) => Write(problem, Json.SolvedProblem);

    public void Dispose() => _file.Dispose();

    private void Write<T>(T line, JsonTypeInfo<T> type)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, type), (byte)'\n'];
        lock (_writing)
        {
            _file.Write(bytes);
            _file.Flush(flushToDisk: true);
        }
    }

    /// <summary>Everything up to the last line feed.</summary>
    private static byte[] WholeLines(FileStream file)
    {
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes[..(bytes.AsSpan().LastIndexOf((byte)'\n') + 1)];
    }

    private static List<SolvedProblem> Read(string path, byte[] bytes, IReadOnlyDictionary<string, string> settings)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        RunHeader header = Parse(path, 1, lines[0], Json.RunHeader);
        foreach (string name in settings.Keys.Union(header.Settings.Keys))
        {
            string? asked = settings.GetValueOrDefault(name), logged = header.Settings.GetValueOrDefault(name);
            if (asked != logged)
            {
                throw new RunLogException($"{path}: {name}: the run in this folder has {logged ?? "none"}, this one {asked ?? "none"}: choose another --out folder or the same settings");
            }
        }

        return [.. lines.Skip(1).Select((line, i) => Parse(path, i + 2, line, Json.SolvedProblem))];
    }

    private static T Parse<T>(string path, int number, string line, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new RunLogException($"{path}: line {number}: expected an object, found null");
        }
        catch (JsonException error)
        {
            throw new RunLogException($"{path}: line {number}: expected a line of a run's log, found another text ({error.Path})");
        }
    }
}

/// <summary>A run's log cannot be used. One line that names the file and the place.</summary>
public sealed class RunLogException(string message) : Exception(message);
