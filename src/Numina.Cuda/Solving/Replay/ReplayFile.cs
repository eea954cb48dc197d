using System.Text.Json;

namespace Numina.Cuda.Solving.Replay;

/// <summary>A replay file is malformed. The message is one line that names the file, the line, what was expected and what was found.</summary>
public sealed class ReplayFileException(string file, int line, string message) : Exception($"{file}: line {line}: {message}");

/// <summary>
/// Reads JSON lines: scripts (<c>prompt</c>, <c>problem</c>, <c>config</c>, <c>script</c>), or the log of a run (a line of <c>settings</c>, then a line for each
/// problem with a <see cref="SolveRecord"/> under <c>solved</c>). A log's last line may be torn, as a killed run leaves it.
/// </summary>
public static class ReplayFile
{
    private const int NotebookRounds = 4;

    /// <param name="path">The file.</param>
    /// <exception cref="ReplayFileException">A line is malformed, or no line holds a conversation.</exception>
    public static IReadOnlyList<ReplayCase> Read(string path)
    {
        string text = File.ReadAllText(path);
        string[] lines = text.Split('\n');
        IReadOnlyDictionary<string, string> settings = new Dictionary<string, string>();
        List<ReplayCase> cases = [];
        for (int i = 0; i < lines.Length; i++)
        {
            bool torn = i == lines.Length - 1 && settings.Count > 0;
            if (string.IsNullOrWhiteSpace(lines[i]) || torn)
            {
                continue;
            }

            try
            {
                using JsonDocument json = JsonDocument.Parse(lines[i]);
                JsonElement line = json.RootElement;
                if (line.ValueKind == JsonValueKind.Object && line.TryGetProperty("settings", out JsonElement header))
                {
                    settings = header.EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.ToString());
                    continue;
                }

                cases.Add(ReadCase(line, settings, i + 1));
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                throw new ReplayFileException(path, i + 1, error.Message);
            }
        }

        return cases.Count > 0 ? cases : throw new ReplayFileException(path, lines.Length, "expected a script or a solved problem, found none");
    }

    private static ReplayCase ReadCase(JsonElement line, IReadOnlyDictionary<string, string> settings, int number) =>
        line.ValueKind != JsonValueKind.Object ? throw new JsonException($"expected an object, found {line.ValueKind}")
        : line.TryGetProperty("script", out JsonElement script) ? FromScript(line, script, number)
        : line.TryGetProperty("solved", out JsonElement solved) ? FromLog(SolveRecord.FromJson(solved), settings)
        : throw new JsonException("expected a script or a solved problem, found neither");

    private static ReplayCase FromScript(JsonElement line, JsonElement script, int number)
    {
        JsonElement config = line.TryGetProperty("config", out JsonElement given) && given.ValueKind == JsonValueKind.Object ? given : default;
        string[][] texts = [.. script.EnumerateArray().Select(sample => sample.EnumerateArray().Select(text => Text(text, "script")).ToArray())];
        string id = line.TryGetProperty("id", out JsonElement named) ? named.ToString() : $"line {number}";
        string prompt = Text(line, "prompt", otherwise: null);
        return new ReplayCase
        {
            Id = id,
            Problem = new Problem(id, Text(line, "problem", prompt), prompt),
            Samples = Positive(config, "num_samples", texts.Length),
            Rounds = Positive(config, "num_generations", NotebookRounds),
            RestartOnFail = config.ValueKind == JsonValueKind.Undefined || !config.TryGetProperty("restart_on_fail", out JsonElement restart) || restart.GetBoolean(),
            Script = texts,
        };
    }

    private static ReplayCase FromLog(SolveRecord record, IReadOnlyDictionary<string, string> settings) => new()
    {
        Id = record.Problem.Id,
        Problem = record.Problem,
        Samples = record.Traces.Count,
        Rounds = record.Rounds,
        RestartOnFail = record.RestartOnFail,
        Script = [.. record.Traces.OrderBy(trace => trace.Sample).Select(trace => trace.Turns.Select(turn => turn.Text).ToArray())],
        Executions = [.. record.Traces.SelectMany(trace => trace.Turns).Select(turn => turn.Execution).OfType<ExecutionRecord>()],
        Settings = settings,
    };

    private static string Text(JsonElement line, string key, string? otherwise) =>
        line.TryGetProperty(key, out JsonElement value) ? Text(value, key) : otherwise ?? throw new JsonException($"{key}: expected a text, found nothing");

    private static string Text(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonException($"{key}: expected a text, found {value.ValueKind}");

    private static int Positive(JsonElement config, string key, int otherwise) =>
        config.ValueKind == JsonValueKind.Undefined || !config.TryGetProperty(key, out JsonElement value) ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number > 0 ? number
        : throw new JsonException($"{key}: expected a positive integer, found {value}");
}
