using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Numina.Cuda.Solving;

/// <summary>One solved problem as one line of JSON: what a run's log holds, and what a replay reads.</summary>
public sealed record SolveRecord
{
    /// <summary>Quotes and letters of all scripts as they are: the file is read by people, and never pasted into HTML.</summary>
    private static readonly SolveJson Json = new(new JsonSerializerOptions(SolveJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public required Problem Problem { get; init; }

    /// <summary>"default" or "notebook".</summary>
    public required string Profile { get; init; }

    /// <summary>Depth N that it was solved with.</summary>
    public required int Rounds { get; init; }

    public required bool RestartOnFail { get; init; }

    /// <summary>What was submitted, as a decimal integer; 0 also stands for no vote.</summary>
    public required string Submitted { get; init; }

    /// <summary>Whether anybody voted.</summary>
    public required bool Voted { get; init; }

    public required IReadOnlyList<TraceRecord> Traces { get; init; }

    public static SolveRecord Of(SolveResult result, string profile, int rounds, bool restartOnFail) => new()
    {
        Problem = result.Problem,
        Profile = profile,
        Rounds = rounds,
        RestartOnFail = restartOnFail,
        Submitted = result.Submitted.ToString(),
        Voted = result.Vote.Winner != null,
        Traces = result.Traces,
    };

    /// <summary>One line, without its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.SolveRecord);

    /// <exception cref="JsonException">It is not such a record.</exception>
    public static SolveRecord FromJson(JsonElement json) =>
        json.Deserialize(Json.SolveRecord) ?? throw new JsonException("a solved problem was expected, null was found");
}

/// <summary>Names in snake case, enumerations by name, and nothing written that says nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SolveRecord))]
internal sealed partial class SolveJson : JsonSerializerContext;
