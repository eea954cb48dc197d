using System.Text.Json;

namespace Numina.Cuda.Solving.Replay;

/// <summary>A replay file is malformed. The message is one line that names the file, the line, what was expected and what was found.</summary>
public sealed class ReplayFileException(string file, int line, string message) : Exception($"{file}: line {line}: {message}");

/// <summary>
/// Reads JSON lines: scripts (<c>prompt</c>, <c>problem</c>, <c>config</c>, <c>script</c>) and the log of a recorded run, whose solved problems (<see
/// cref="SolveRecord"/>) stand alone on their lines or under <c>solved</c>. Other lines of a log are passed over.
/// </summary>
public static class ReplayFile
{
    /// <param name="path">The file.</param>
    /// <exception cref="ReplayFileException">A line is malformed, or no line holds a conversation.</exception>
    public static IReadOnlyList<ReplayCase> Read(string path)
    {
        List<ReplayCase> cases = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using JsonDocument json = JsonDocument.Parse(line);
                if (Read(json.RootElement, number) is { } found)
                {
                    cases.Add(found);
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
            {
                throw new ReplayFileException(path, number, error.Message);
            }
        }

        return cases.Count > 0 ? cases : throw new ReplayFileException(path, number, "expected a script or a recorded run, found neither on any line");
    }

    private static ReplayCase? Read(JsonElement line, int number)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"expected an object, found {line.ValueKind}");
        }

        return line.TryGetProperty("script", out JsonElement script) ? FromScript(line, script, number)
            : line.TryGetProperty("traces", out _) ? FromRecord(SolveRecord.FromJson(line))
            : line.TryGetProperty("solved", out JsonElement solved) ? FromRecord(SolveRecord.FromJson(solved))
            : null;
    }

    private static ReplayCase FromScript(JsonElement line, JsonElement script, int number)
    {
        JsonElement config = line.TryGetProperty("config", out JsonElement given) ? given : default;
        string[][] texts = [.. script.EnumerateArray().Select(sample => sample.EnumerateArray().Select(text => Text(text, "script")).ToArray())];
        string id = line.TryGetProperty("id", out JsonElement named) ? named.ToString() : $"line {number}";
        string prompt = line.TryGetProperty("prompt", out JsonElement rendered) ? Text(rendered, "prompt") : throw new JsonException("expected a prompt, found none");
        string problem = line.TryGetProperty("problem", out JsonElement statement) ? Text(statement, "problem") : prompt;
        return new ReplayCase
        {
            Id = id,
            Problem = new Problem(id, problem, prompt),
            Samples = Number(config, "num_samples", texts.Length),
            Rounds = Number(config, "num_generations", 4),
            RestartOnFail = config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("restart_on_fail", out JsonElement restart) || restart.GetBoolean(),
            Script = texts,
        };
    }

    private static ReplayCase FromRecord(SolveRecord record) => new()
    {
        Id = record.Problem.Id,
        Problem = record.Problem,
        Samples = record.Traces.Count,
        Rounds = record.Rounds,
        RestartOnFail = record.RestartOnFail,
        Script = [.. record.Traces.Select(trace => trace.Turns.Select(turn => turn.Text).ToArray())],
        Executions = [.. record.Traces.SelectMany(trace => trace.Turns).Select(turn => turn.Execution).OfType<ExecutionRecord>()],
        Recorded = record,
    };

    private static string Text(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new JsonException($"{key}: expected a text, found {value.ValueKind}");

    private static int Number(JsonElement config, string key, int otherwise) =>
        config.ValueKind != JsonValueKind.Object || !config.TryGetProperty(key, out JsonElement value) ? otherwise
        : value.TryGetInt32(out int number) && number > 0 ? number
        : throw new JsonException($"{key}: expected a positive integer, found {value}");
}
